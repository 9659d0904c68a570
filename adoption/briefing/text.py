"""Text that slides, spreadsheets and PDF can hold."""

import unicodedata
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

# They would turn round what stands after them; what is written from right to left needs none.
_TURNING = set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")
_UNFIT = ("Cc", "Cs", "Zl", "Zp")  # control characters, halves of characters, line separators
_SPACES = set("\t\n\v\f\r\x85\u2028\u2029")
_NO_CHARACTERS = set("\ufffe\uffff")


Content = TypeVar("Content")


def plain(text: str) -> str:
    """`text` in one line, without what XML forbids or what is no text; the rest as it is."""
    return "".join(
        " " if character in _SPACES else character
        for character in text
        if character in _SPACES
        or not (
            character in _TURNING
            or character in _NO_CHARACTERS
            or unicodedata.category(character) in _UNFIT
        )
    )


def made_plain(content: Content) -> Content:
    """`content`, a dataclass, with all text in it, and in what it holds, made plain."""
    if is_dataclass(content) and not isinstance(content, type):
        changed = {
            field.name: _plain_part(getattr(content, field.name)) for field in fields(content)
        }
        return replace(content, **changed)
    return content


def _plain_part(part: Any) -> Any:
    if isinstance(part, str):
        return plain(part)
    if isinstance(part, tuple):
        return tuple(map(_plain_part, part))
    return made_plain(part)
