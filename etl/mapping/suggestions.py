"""Which column of a file is likely which of a feed, with the reasons. From the file's first rows
and the product's own lists, and never used before a person has said yes.

likeness.py    how like headers are
evidence.py    what values look like
assignment.py  each column once
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

from adoption.command import as_argument
from adoption.language import Text
from etl.mapping.assignment import assignment
from etl.mapping.evidence import (
    are_days,
    are_five_years_apart,
    are_in_order,
    counts_rows,
    days_of,
    evidence,
)
from etl.mapping.feeds import FEEDS, Feed, FeedColumn
from etl.mapping.first_rows import FirstRows, first_rows
from etl.mapping.headers import UnfitFile, UnreadableFile, missing_columns, names_of, plain
from etl.mapping.likeness import ROW_NUMBERS, likeness
from etl.mapping.profile import Profile
from etl.mapping.scale import refuse_scaled
from etl.mapping.source_file import SourceFile, describe
from etl.validation.values import serial

# What a column has to score: one that is needed, and one that may be left out.
LEAST_NEEDED, LEAST_OPTIONAL = 0.2, 0.5
_HEADER_SHARE, _VALUE_SHARE, _PAIR = 0.6, 0.4, 0.2
# A feed of which less than this is found is no guess at all.
LEAST_FIT = 0.3

InOrder = Callable[[Sequence[date | None], Sequence[date | None]], bool]
# Two columns of days that belong together in a certain way.
_PAIRS: tuple[tuple[str, str, InOrder, Text, Text], ...] = (
    (
        *("issued_on", "expires_on", are_five_years_apart),
        Text("比「{other}」早五年", "five years before “{other}”"),
        Text("比「{other}」晚五年", "five years after “{other}”"),
    ),
    (
        *("suspended_on", "resumed_on", are_in_order),
        Text("不晚於「{other}」", "not after “{other}”"),
        Text("不早於「{other}」", "not before “{other}”"),
    ),
)


@dataclass(frozen=True)
class Suggestion:
    """The likeliest header for a column of the feed; None where nothing in the file is like it."""

    column: str
    header: str | None = None
    score: float = 0.0
    reasons: tuple[Text, ...] = ()
    is_known: bool = False  # the header is one of the column's own names

    def as_json(self) -> dict[str, Any]:
        reasons = [{"zh": reason.zh, "en": reason.en} for reason in self.reasons]
        return {"column": self.column, "header": self.header, "reasons": reasons}


@dataclass(frozen=True)
class Suggestions:
    """One a column of the feed, in its order. `fit`: 0 to 1, how much of what it needs is found;
    `used`: the share of the file's columns that have a use in it."""

    feed: Feed
    head: FirstRows
    columns: tuple[Suggestion, ...]
    fit: float
    used: float

    @property
    def chosen(self) -> dict[str, str]:
        """Column of the feed -> header."""
        return {each.column: each.header for each in self.columns if each.header is not None}

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.head.name,
            "feed": self.feed.name,
            "header_row": self.head.header_row,
            "headers": list(self.head.headers),
            "columns": [each.as_json() for each in self.columns],
        }

    def needed(self) -> list[Suggestion]:
        names = {column.name for column in missing_columns(self.feed, ())}
        return [each for each in self.columns if each.column in names]


def suggestions(feed: Feed, head: FirstRows) -> Suggestions:
    """One assignment for all columns: each column of the file at most once, the best total."""
    pairs = _pair_reasons(head)
    matrix = [[_suggestion(feed, c, h, head, pairs) for h in head.headers] for c in feed.columns]
    needed = {column.name for column in missing_columns(feed, ())}
    found = assignment([[_weight(each, needed) for each in row] for row in matrix])
    columns = tuple(
        Suggestion(column.name) if place is None else row[place]
        for column, row, place in zip(feed.columns, matrix, found, strict=True)
    )
    scores = [min(each.score, 1.0) for each in columns if each.column in needed]
    used = sum(each.header is not None for each in columns) / max(1, len(head.headers))
    return Suggestions(feed, head, columns, sum(scores) / len(scores), used)


def _weight(suggested: Suggestion, needed: Collection[str]) -> float:
    """A known header goes to its column, then what is needed comes before what may be left out."""
    if suggested.header is None:
        return 0.0
    return suggested.score + (suggested.is_known * 2) + (suggested.column in needed)


def likeliest_feed(head: FirstRows) -> Suggestions | None:
    """By the feed whose needs the file meets, and which needs the file; None where none does."""
    tried = [suggestions(feed, head) for feed in FEEDS.values()]
    fitting = [found for found in tried if found.fit >= LEAST_FIT]
    return max(fitting, key=lambda found: found.fit + found.used, default=None)


def suggested(path: Path, feed: Feed | None = None) -> Suggestions:
    """For the file at `path`. Raises UnreadableFile, also where it is like no feed."""
    head = first_rows(path, feed)
    found = suggestions(feed, head) if feed else likeliest_feed(head)
    if found is None:
        shown = ", ".join(head.headers)[:300]
        raise UnreadableFile(
            f"{head.name}：看不出是哪一種資料；標題列是：{shown}；請寫明種類",
            f"{head.name}: it is like no kind of records; the header row is: {shown}; say the kind",
        )
    return found


def described(
    path: Path,
    feed: Feed,
    profile: Profile | None = None,
    kept: Sequence[Profile] = (),
    name: str | None = None,
) -> SourceFile:
    """`describe`, whose refusal for want of columns says in its one line which they may be."""
    try:
        source = describe(path, feed, profile, kept)
        refuse_scaled(source, feed)
        return source
    except UnfitFile as unfit:
        if profile is not None:
            raise
        found = suggestions(feed, first_rows(path, feed, name))
        raise _with_guess(unfit, found, path) from unfit


def _with_guess(unfit: UnfitFile, found: Suggestions, path: Path) -> UnfitFile:
    guesses = [s for s in found.columns if s.column in unfit.missing and s.header]
    feed, head = found.feed, found.head
    lacking = [feed.column(column) for column in unfit.missing]
    zh = "、".join(f"{feed.column(s.column).headers[0]}＝「{s.header}」" for s in guesses)
    en = ", ".join(f"{s.column} = “{s.header}”" for s in guesses)
    shown = ", ".join(head.headers)[:300]
    command = f"python -m etl map {as_argument(path.name)} {feed.name} --out"
    return UnfitFile(
        f"{head.name}：當作「{feed.zh}」讀，找不到欄位 {'、'.join(c.headers[0] for c in lacking)}；"
        + (f"最可能的是 {zh}；" if guesses else "檔案裡也沒有相近的欄位；")
        + f"標題列是：{shown}；請用 {command} 設定檔.toml 確認後加 --profile 載入，"
        "或在「資料」頁對應",
        f"{head.name}: read as {feed.name}, columns missing: {', '.join(unfit.missing)}; "
        + (f"the likeliest are {en}; " if guesses else "nothing in it is like them; ")
        + f"the header row is: {shown}; confirm with {command} PROFILE.toml and load with "
        "--profile, or say it on the data page",
        unfit.missing,
    )


def _suggestion(
    feed: Feed,
    column: FeedColumn,
    header: str,
    head: FirstRows,
    pairs: dict[tuple[str, str], Text],
) -> Suggestion:
    is_of = names_of(feed).get(plain(header))
    cells = head.values(header)
    if is_of == column.name:
        known = Text("標題是已知的名稱", "a known header")
        return Suggestion(column.name, header, 1.0, (known,), is_known=True)
    if is_of or (column.parse is serial and _numbers_rows(header, cells)):
        return Suggestion(column.name)
    like, name = likeness(column, header)
    seen = evidence(feed, column, cells)
    pair = pairs.get((column.name, header))
    score = _HEADER_SHARE * like + _VALUE_SHARE * seen.weight + (_PAIR if pair else 0)
    is_optional = column.default is not None or not feed.is_required(column.name)
    least = LEAST_OPTIONAL if is_optional and not seen.is_telling else LEAST_NEEDED
    if seen.weight < 0 or score < least:
        return Suggestion(column.name)
    similar = Text(f"標題近似「{name}」", f"its header is like “{name}”") if like else None
    reasons = tuple(reason for reason in (similar, seen.reason, pair) if reason)
    return Suggestion(column.name, header, score, reasons)


def _numbers_rows(header: str, cells: Sequence[str]) -> bool:
    """流水號 and its like: the place in the list, which is another in the next one."""
    return plain(header) in ROW_NUMBERS or counts_rows(cells)


def _pair_reasons(head: FirstRows) -> dict[tuple[str, str], Text]:
    """(column of a feed, header) -> how its days stand to those of another header."""
    days = {h: days_of(head.values(h)) for h in head.headers if are_days(head.values(h))}
    reasons: dict[tuple[str, str], Text] = {}
    for first, second, belong, before, after in _PAIRS:
        for (a, days_of_a), (b, days_of_b) in permutations(days.items(), 2):
            if belong(days_of_a, days_of_b):
                reasons[first, a] = Text(*(text.format(other=b) for text in before))
                reasons[second, b] = Text(*(text.format(other=a) for text in after))
    return reasons
