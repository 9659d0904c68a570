"""The counties of Taiwan: their official names, spellings and successors, each with its dates.

Source: data/reference/counties.csv. A recorded name stays as it was recorded; which name a day
calls for is asked here.
"""

import csv
import difflib
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

_FILE = Path(__file__).resolve().parent.parent / "data" / "reference" / "counties.csv"
_MOST_SIGNS = 10
_LOOKALIKES = str.maketrans({"台": "臺", "巿": "市"})  # the second 市 is U+5DFF, a word for apron


@dataclass(frozen=True)
class County:
    """A name and the closed days between which it was official (None: no limit known or set)."""

    name: str
    name_en: str
    valid_from: date | None
    valid_to: date | None
    became: str | None  # the name of the county that it was renamed to or merged into

    def is_official_on(self, day: date) -> bool:
        """Both limits count."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@cache
def counties() -> tuple[County, ...]:
    """The 22 of today, then those that became one of them; today's in the order of the file."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            County(
                row["name"],
                row["name_en"],
                date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
                date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                row["became"] or None,
            )
            for row in csv.DictReader(file)
        )


@cache
def _by_name() -> dict[str, County]:
    return {county.name: county for county in counties()}


@cache
def _by_short_form() -> dict[str, str]:
    """桃園 -> 桃園市, of today's names only; not 新竹 and 嘉義: each is a city and a county."""
    names = [county.name for county in counties() if county.became is None]
    shorts = [name[:-1] for name in names]
    return {
        short: name for short, name in zip(shorts, names, strict=True) if shorts.count(short) == 1
    }


@cache
def _by_english_name() -> dict[str, str]:
    return {fold(county.name_en).casefold(): county.name for county in counties()}


def fold(text: str) -> str:
    """Half-width, without spaces, 臺 for 台 and 市 for its look-alike."""
    return "".join(unicodedata.normalize("NFKC", text).split()).translate(_LOOKALIKES)


def official_name(text: str) -> str | None:
    """The official form of a name past or present, in Chinese or English; None if it is none or
    could be two."""
    folded = fold(text)
    if folded in _by_name():
        return folded
    return _by_short_form().get(folded) or _by_english_name().get(folded.casefold())


def closest_name(text: str) -> str | None:
    """The official name that was perhaps meant: a suggestion for a person, not for a program.

    None when nothing is near, or two names are equally near (臺比市: 臺北市, 臺中市 ...).
    """
    folded = fold(text)
    # Quickly told: so near a name has two of its signs, and hardly any others.
    if len(folded) > _MOST_SIGNS:
        return None
    alike = [name for name in _by_name() if len(set(name) & set(folded)) > 1]
    nearness = {name: difflib.SequenceMatcher(None, folded, name).ratio() for name in alike}
    best = max(nearness.values(), default=0)
    nearest = [name for name in nearness if nearness[name] == best]
    return nearest[0] if best >= 0.6 and len(nearest) == 1 else None


def name_on(name: str, day: date) -> str:
    """What the place recorded as `name` was officially called on that day.

    A merged county answers with its successor, but a successor is not split up again: 臺中市 on a
    day before the merger is the city of that time. Raises KeyError for what is no official name.
    """
    county = _by_name()[name]
    while not county.is_official_on(day):
        if county.valid_to is not None and county.valid_to < day and county.became:
            county = _by_name()[county.became]
        else:
            county = next(former for former in counties() if former.became == county.name)
    return county.name


def renamed_on(day: date) -> dict[str, str]:
    """Each official name, not in force on that day -> the one that was."""
    names = {county.name: name_on(county.name, day) for county in counties()}
    return {name: then for name, then in names.items() if then != name}


def english_name(name: str) -> str:
    """Raises KeyError for no official name."""
    return _by_name()[name].name_en
