"""Every interface string has its Chinese, and the Chinese keeps its places."""

import ast
import string
from pathlib import Path

from babel.messages.pofile import read_po

from adoption.language import LOCALE_FOLDER, Language, say, say_of

ROOT = Path(__file__).resolve().parent.parent
# How many messages a call takes.
LITERALS = {"say": 1, "say_of": 2}


def catalogue() -> dict[str, str]:
    """Each English message, a plural too, and its Chinese, which has one form for all numbers."""
    with (LOCALE_FOLDER / "zh_TW" / "messages.po").open("rb") as file:
        return {
            english: entry.string if isinstance(entry.string, str) else entry.string[0]
            for entry in read_po(file)
            if entry.id
            for english in ([entry.id] if isinstance(entry.id, str) else entry.id)
        }


def messages_in_code() -> set[str]:
    """The literal messages of all calls of `say` and `say_of`."""
    messages: set[str] = set()
    for path in [ROOT / "dashboard.py", *(ROOT / "adoption").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
            called = called.id if isinstance(called, ast.Name) else called
            if called in LITERALS:
                literals = [a.value for a in node.args if isinstance(a, ast.Constant)]
                texts = [text for text in literals if isinstance(text, str)]
                if path.name != "chart.py":  # there `say` hands a message on
                    where = f"{path}:{node.lineno}: {called} needs literal messages"
                    assert len(texts) == LITERALS[str(called)], where
                messages.update(texts)
    return messages


def places(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


def test_every_message_in_the_code_has_its_chinese() -> None:
    translated = {english for english, chinese in catalogue().items() if chinese}
    assert messages_in_code() - translated == set()


def test_the_catalogue_has_nothing_that_the_code_does_not_say() -> None:
    assert set(catalogue()) - messages_in_code() == set()


def test_the_chinese_has_the_same_places() -> None:
    for english, chinese in catalogue().items():
        assert places(chinese) == places(english), english


def test_english_is_what_stands_in_the_code() -> None:
    assert say("en", "As of {day}", day="2013-09-24") == "As of 2013-09-24"
    assert say("zh", "As of {day}", day="民國102年9月24日") == "統計截止日 民國102年9月24日"


def test_english_has_another_form_for_one() -> None:
    def ago(language: Language, days: int) -> str:
        return say_of(language, days, "{count} day ago", "{count} days ago", count=str(days))

    assert [ago("en", days) for days in (0, 1, 2)] == ["0 days ago", "1 day ago", "2 days ago"]
    assert [ago("zh", days) for days in (0, 1, 2)] == ["0 天前", "1 天前", "2 天前"]
