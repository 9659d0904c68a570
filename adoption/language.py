"""The two languages of the product, and interface strings in them.

Interface strings stand in English in the code and are looked up in locale/zh_TW/messages.po. What a
metric is called and means stands with the metric as a `Text`, in both languages.
"""

import io
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
LOCALE_FOLDER = Path(__file__).parent / "locale"


class Text(NamedTuple):
    """The same words in both languages."""

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@cache
def _translations(language: Language) -> NullTranslations:
    if language == "en":
        return NullTranslations()
    compiled = io.BytesIO()
    with (LOCALE_FOLDER / "zh_TW" / "messages.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale="zh_TW"))
    compiled.seek(0)
    return Translations(compiled)


def say(language: Language, message: str, **values: str) -> str:
    """`message` (English, as in the code) in `language`, with `values` in its {places}."""
    translated: str = _translations(language).gettext(message)
    return translated.format(**values) if values else translated


def counted(number: int, one: str, other: str) -> str:
    """How many of what, in the English half of a `Text`: 1 line, 2 lines."""
    return f"{number:,} {one if number == 1 else other}"


def say_of(language: Language, number: int, one: str, other: str, /, **values: str) -> str:
    """What English says of `one`, and of any `other` number; in `language`, as `say` does."""
    translated: str = _translations(language).ngettext(one, other, number)
    return translated.format(**values)
