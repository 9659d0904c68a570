"""Every interface string has its Chinese, and the Chinese keeps its places."""

import ast
import string
from pathlib import Path

from babel.messages.pofile import read_po

from adoption.language import LOCALE_FOLDER, say

ROOT = Path(__file__).resolve().parent.parent


def catalogue() -> dict[str, str]:
    with (LOCALE_FOLDER / "zh_TW" / "messages.po").open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id}


def messages_in_code() -> set[str]:
    """The literal messages of all calls of `say`."""
    messages = set()
    for path in [ROOT / "dashboard.py", *(ROOT / "adoption").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
            if called == "say" or (isinstance(called, ast.Name) and called.id == "say"):
                literals = [a.value for a in node.args if isinstance(a, ast.Constant)]
                texts = [text for text in literals if isinstance(text, str)]
                if path.name != "chart.py":  # there `say` hands a message on
                    assert len(texts) == 1, f"{path}:{node.lineno}: say needs a literal message"
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
