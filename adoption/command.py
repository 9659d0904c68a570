"""What every command line of the product shares: its language, and errors of one line.

An error says what is wrong, where, and what to do. Exit code 2 is wrong use or unreadable input,
1 a check that failed. ADOPTION_DEBUG=1 shows the traceback as well.
"""

import os
import re
import shlex
import sys
import traceback
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NoReturn

import typer
from typer.exceptions import TyperException

from adoption.language import Language
from adoption.store import StoreBusyError, StoreError

WRONG_USE = 2
CHECK_FAILED = 1
# What a record can be dated: 民國 1 to 200.
FIRST_DAY, LAST_DAY = date(1912, 1, 1), date(2111, 12, 31)


class CommandError(Exception):
    """Ends a command with one line in the user's language."""

    def __init__(self, zh: str, en: str, exit_code: int = WRONG_USE) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.exit_code = exit_code


def language(stated: str | None = None, environ: Mapping[str, str] = os.environ) -> Language:
    """What --lang says, else ADOPTION_LANG, else zh, whatever the machine's locale."""
    return "en" if (stated or environ.get("ADOPTION_LANG")) == "en" else "zh"


def day_of(option: str, text: str) -> date:
    """The day that an option says."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.max
    if not FIRST_DAY <= day <= LAST_DAY:
        raise CommandError(
            f"{option} {text}：不是{FIRST_DAY}到{LAST_DAY}之間的日期，請寫成 2013-09-24",
            f"{option} {text}: not a day from {FIRST_DAY} to {LAST_DAY}; write 2013-09-24",
        )
    return day


def as_argument(path: object) -> str:
    """A path as it is typed in a command that is suggested: in quotes where it needs them."""
    text = str(path)
    return text if re.fullmatch(r"[\w@%+=:,./-]+", text) else shlex.quote(text)


def _language_of(arguments: Sequence[str]) -> Language:
    """The language for errors that come before, or out of, reading the arguments."""
    stated = re.search(r"--lang[= ](zh|en)\b", " ".join(arguments))
    return language(stated[1] if stated else None)


def sentences(error: Exception, program: str) -> tuple[str, str, int]:
    """What went wrong in one Chinese and one English line, and the exit code."""
    match error:
        case CommandError():
            return error.zh, error.en, error.exit_code
        case TyperException():
            message = error.format_message().rstrip(".")
            context = getattr(error, "ctx", None)
            used = context.command_path if context else program
            zh = f"指令用法不對：{message}；用法請看 {used} --help"
            return zh, f"{message}; see {used} --help", WRONG_USE
        case StoreBusyError():
            return error.zh, str(error), WRONG_USE
        case StoreError():
            return f"資料庫無法使用：{error.zh}", str(error), WRONG_USE
        case _:
            what = f"{type(error).__name__}: {error}"
            zh = f"沒有預料到的錯誤：{what}；請設 ADOPTION_DEBUG=1 再執行一次，並回報顯示的內容"
            en = f"unexpected error: {what}; run again with ADOPTION_DEBUG=1 and report it"
            return zh, en, WRONG_USE


def run(app: typer.Typer, program: str, arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `app` and exit; `program` is what the user types, such as `python -m etl`."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = app(given, prog_name=program, standalone_mode=False)
    except (Exception, typer.Abort) as error:
        if os.environ.get("ADOPTION_DEBUG") == "1":
            traceback.print_exc()
        zh, en, code = sentences(error, program)
        message = zh if _language_of(given) == "zh" else en
        print(" ".join(message.split()), file=sys.stderr)
    sys.exit(code if isinstance(code, int) else 0)
