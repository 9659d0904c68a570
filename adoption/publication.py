"""python -m adoption briefing: the files of a briefing, one by one or a month's set in a folder."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from adoption.briefing.asked import question_of, records_of
from adoption.briefing.files import KINDS, Order
from adoption.briefing.subjects import SUBJECTS
from adoption.command import CHECK_FAILED, CommandError, day_of, language
from adoption.jobs.tables import feed_name
from adoption.language import say
from adoption.metrics import Selection, data_cut_off
from adoption.metrics.targets import targets_of
from adoption.store import Snapshot, open_store

# A file of a set: this, its as-of day, and the kind of file.
SET_NAME = "moeaca-briefing-"


def briefing(
    out: Annotated[
        Path | None, typer.Option(help="The file to write: .pptx, .xlsx, .ods or .pdf.")
    ] = None,
    monthly: Annotated[
        Path | None, typer.Option(help="The folder to which to add a set of all four files.")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="YYYY-MM-DD; default: the data's own.")] = None,
    store: Annotated[str | None, typer.Option(help="lake:///FOLDER")] = None,
    lang: Annotated[str | None, typer.Option(help="zh or en; $ADOPTION_LANG, else zh.")] = None,
    compare: Annotated[
        str | None,
        typer.Option(help="The other day; default: a month before, or that of the newest set."),
    ] = None,
    slides: Annotated[
        str | None, typer.Option(help=f"Of the deck, in order: {','.join(SUBJECTS)}.")
    ] = None,
    template: Annotated[
        Path | None, typer.Option(help="A .pptx on whose layouts the deck is made.")
    ] = None,
) -> None:
    """Write a briefing: a file with --out, or a month's set into a folder with --monthly."""
    if (out is None) == (monthly is None):
        raise CommandError("--out 與 --monthly 須擇一使用", "choose either --out or --monthly")
    if out is not None and _kind(out) != "pptx" and (slides or template):
        raise CommandError(
            f"--slides 與 --template 只適用於 .pptx，不適用於 {out.name}",
            f"--slides and --template are for a .pptx, not for {out.name}",
        )
    keys = _keys(slides)
    opened = Snapshot.of(open_store(store))
    day = data_cut_off(opened) if as_of is None else day_of("--as-of", as_of)
    if day is None:
        raise CommandError(
            "目前還沒有資料，未寫出檔案；請先載入資料",
            "there are no records yet, nothing was written; load some first",
            CHECK_FAILED,
        )
    order = Order(
        question_of(opened, Selection(day), language(lang)),
        opened,
        records_of(opened, feed_name),
        targets_of(opened),
        keys,
        None if compare is None else day_of("--compare", compare),
        None if template is None else _read(template),
    )
    with Console(stderr=True).status(say(order.question.language, "Writing the briefing")):
        if out is not None:
            _write(out, _made(order, _kind(out)))
        elif monthly is not None:
            _add_set(monthly, order)


def _kind(out: Path) -> str:
    kind = out.suffix.lower().removeprefix(".")
    if kind not in KINDS:
        known = ", ".join(f".{each}" for each in KINDS)
        raise CommandError(
            f"--out {out}：不能寫成這種檔案；檔名結尾請用 {known} 其中之一",
            f"--out {out}: no such kind of file; let its name end in one of {known}",
        )
    return kind


def _keys(slides: str | None) -> Sequence[str]:
    if slides is None:
        return tuple(SUBJECTS)
    keys = tuple(dict.fromkeys(key.strip() for key in slides.split(",") if key.strip()))
    unknown = [key for key in keys if key not in SUBJECTS]
    if unknown or not keys:
        known = ", ".join(SUBJECTS)
        raise CommandError(
            f"--slides 沒有「{', '.join(unknown)}」這些投影片；可用的有：{known}",
            f"--slides: no such slides: {', '.join(unknown) or 'none named'}; there are {known}",
        )
    return keys


def _made(order: Order, kind: str) -> bytes:
    from adoption.briefing.deck import TemplateError  # a library that no other command needs

    try:
        return KINDS[kind].written(order)
    except TemplateError as error:
        raise CommandError(error.zh, str(error)) from error


def _read(template: Path) -> bytes:
    try:
        return template.read_bytes()
    except OSError as error:
        raise CommandError(
            f"無法讀取範本 {template}：{error.strerror}；請確認路徑",
            f"cannot read the template {template}: {error.strerror}; check the path",
        ) from error


def _write(out: Path, content: bytes) -> None:
    """In one step: nobody finds half a file, and an older one stays when it fails."""
    draft = out.with_name(f".{out.name}.{secrets.token_hex(4)}.new")
    try:
        try:
            draft.write_bytes(content)
            draft.replace(out)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise CommandError(
            f"無法寫入 {out}：{error.strerror}；請另選位置",
            f"cannot write {out}: {error.strerror}; choose another place",
        ) from error


def _add_set(folder: Path, order: Order) -> None:
    """The set of the as-of day, unless it is there, and what changed since the newest before it.

    A file that is there stays as it is: somebody may have edited it.
    """
    day = order.question.selection.as_of
    files = {kind: folder / f"{SET_NAME}{day}.{kind}" for kind in KINDS}
    missing = [kind for kind, file in files.items() if not file.exists()]
    if not missing:
        raise CommandError(
            f"{folder} 已有統計截止日 {day} 的簡報，未寫出檔案；要重做請先移走該日的檔案",
            f"{folder} has the set of {day} already, nothing was written; "
            "to make it again, move its files away",
            CHECK_FAILED,
        )
    if order.compared is None:
        order = replace(order, compared=_newest_before(folder, day))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(
            f"無法建立資料夾 {folder}：{error.strerror}；請另選位置",
            f"cannot make the folder {folder}: {error.strerror}; choose another place",
        ) from error
    made = {files[kind]: _made(order, kind) for kind in missing}
    for file, content in made.items():
        _write(file, content)
        typer.echo(file)
    for line in _changes(order):
        typer.echo(line)


def _newest_before(folder: Path, day: date) -> date | None:
    """The as-of day of the newest set that is older than `day`."""
    days = []
    for file in folder.glob(f"{SET_NAME}*"):
        try:
            days.append(date.fromisoformat(file.stem.removeprefix(SET_NAME)))
        except ValueError:
            continue  # somebody's copy under another name
    return max((each for each in days if each < day), default=None)


def _changes(order: Order) -> list[str]:
    """Since when, and what."""
    (slide,) = replace(order, slides=("changes",)).chosen.slides
    return [slide.title, *slide.says]
