"""What a feed is: columns with their parsers and header names, rules over a row, references."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Date, Double, Integer, Table

from adoption.policy import PROGRAMME_BEGINS_ON
from adoption.store.schema import UNSTATED
from etl.validation import vectorized
from etl.validation.days import day
from etl.validation.short_years import Days
from etl.validation.values import BadValue, fold, serial
from etl.validation.vocabularies import listed, provenance

Value = str | int | float | date
Parser = Callable[[str], Value]
# Settles the cells of a whole column that are plain enough; null: ask the parser.
Shortcut = Callable[[pa.Array], pa.Array]


@dataclass(frozen=True)
class FeedColumn:
    """A column of a feed: how files call it and how its text becomes a value."""

    name: str
    parse: Parser
    headers: tuple[str, ...]  # names in use, the Chinese one for sentences first
    default: str | None = None  # what an empty cell, or a file without this column, means
    shortcut: Shortcut | None = None  # for columns with about as many values as rows
    days: Days | None = None  # what a column of days can hold; None: no days
    # What some texts mean under a header, among the others; by itself each would be something else.
    settled: Callable[[str, pa.Array], Mapping[str, Value | BadValue]] | None = None


@dataclass(frozen=True)
class Rule:
    """Something that must hold within a row; judged only where the columns that it needs are good.

    `breaks` gives true where the row breaks it, null where it does not apply. A rule that only
    `flags` keeps the row and marks it.
    """

    code: str
    column: str  # the one that the sentence names
    breaks: Callable[[pa.Table], pa.Array]
    flags: bool = False


@dataclass(frozen=True)
class Feed:
    """One kind of file: `table` is where its rows are kept, with these columns in this order."""

    table: Table
    zh: str
    columns: tuple[FeedColumn, ...]
    rules: tuple[Rule, ...] = ()

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def key(self) -> list[str]:
        return [column.name for column in self.table.primary_key.columns]

    def column(self, name: str) -> FeedColumn:
        return next(column for column in self.columns if column.name == name)

    def is_required(self, name: str) -> bool:
        """Whether every row needs a value here."""
        return not self.table.c[name].nullable

    def arrow_type(self, name: str) -> pa.DataType:
        match self.table.c[name].type:
            case Date():
                return pa.date32()
            case Double():
                return pa.float64()
            case Integer():
                return pa.int64()
            case _:
                return pa.string()


@dataclass(frozen=True)
class NotBefore:
    """Breaks where the day in `later` is before the day in `earlier`."""

    later: str
    earlier: str

    def __call__(self, rows: pa.Table) -> pa.Array:
        return pc.less(rows[self.later], rows[self.earlier])


def in_order(code: str, *columns: str) -> tuple[Rule, ...]:
    """Days that must follow one another, each pair of them: those between may be empty."""
    return tuple(
        Rule(code, later, NotBefore(later, earlier))
        for index, later in enumerate(columns)
        for earlier in columns[:index]
    )


# Not 序號, 項次, 編號 or 流水號 alone: more often than not they number the rows of a list.
SERIAL_HEADERS = listed(
    "憑證序號、憑證號碼、憑證編號、憑證卡號、憑證IC卡號、憑證IC卡卡號、憑證IC卡序號、"
    "工商憑證卡號、卡號、IC卡號、IC卡卡號、IC卡序號、卡片號碼、卡片序號、卡片編號、"
    "serial number、serial no、certificate serial number、certificate number、certificate no、"
    "card number、card no"
)
COUNTY_HEADERS = listed(
    "縣市、縣市別、縣市名稱、縣(市)、縣市(別)、所在縣市、登記縣市、所屬縣市、所在地、所在地縣市、"
    "公司所在縣市、公司所在地、登記所在縣市、登記地、營業所在地、地區、地區別、city、"
    "city/county、county/city"
)
ORG_TYPE_HEADERS = listed(
    "組織別、組織型態、組織形態、組織類別、組織類型、組織種類、公司別、公司型態、公司類別、"
    "企業型態、企業類別、商業型態、登記類別、organisation type、organization type、company type、"
    "entity type"
)
UNIT_CODE_HEADERS = listed("單位代碼、單位代號、單位編號、機關代碼、機關代號、機關編號")


def event_column(name: str, *headers: str) -> FeedColumn:
    """Something that has happened: it is refused when it is dated after the day of loading."""
    return FeedColumn(name, day, headers, days="event")


def ahead_column(name: str, *headers: str) -> FeedColumn:
    """What is planned, announced or expires: it may lie ahead."""
    return FeedColumn(name, day, headers, days="ahead")


def provenance_column(default: str | None = None) -> FeedColumn:
    """Where a record comes from: `sample` on made-up ones, otherwise what the file says."""
    return FeedColumn("provenance", provenance, ("資料來源", "來源"), default=default)


_HALF, _LONG_SERIAL = 0.5, 6  # of the rows; digits
# As this product writes it.
UNSTATED_ZH = "未填"


@dataclass(frozen=True)
class OrUnstated:
    """A parser that also knows the word with which this product writes that nothing is stated."""

    parse: Parser

    def __call__(self, text: str) -> Value:
        return UNSTATED if fold(text) in (UNSTATED, UNSTATED_ZH) else self.parse(text)


def optional_column(name: str, parse: Parser, *headers: str) -> FeedColumn:
    """A column without which a row is still a record: an empty cell is `unstated`."""
    return FeedColumn(name, OrUnstated(parse), headers, default=UNSTATED)


def stated_parser(column: FeedColumn) -> Parser:
    """That of what is stated."""
    return column.parse.parse if isinstance(column.parse, OrUnstated) else column.parse


def odd_serial_rule(column: str) -> Rule:
    return Rule("odd_serial", column, partial(_is_odd_serial, column), flags=True)


def _is_odd_serial(column: str, rows: pa.Table) -> pa.Array:
    """A serial that a spreadsheet took for a number: one of digits alone, shorter than most of the
    others (its zeros went), or with zeros at its end where others have letters (it was 12E5)."""
    serials = rows[column]
    is_number = pc.match_substring_regex(serials, "^[0-9]+$")
    share = pc.mean(is_number).as_py() or 0
    if share < 1:
        ends_in_zeros = pc.ends_with(serials, "000")
        return pc.and_(is_number, pc.and_(ends_in_zeros, share < _HALF))
    lengths = pc.binary_length(serials)
    usual = pc.mode(lengths)[0].as_py()
    is_usual = usual["count"] >= _HALF * len(serials) and usual["mode"] >= _LONG_SERIAL
    return pc.and_(pc.less(lengths, usual["mode"]), is_usual)


def lost_sign_rules(*columns: str) -> tuple[Rule, ...]:
    return tuple(
        Rule("lost_sign", column, partial(_has_lost_sign, column), flags=True) for column in columns
    )


def _has_lost_sign(column: str, rows: pa.Table) -> pa.Array:
    """A ? beside a Chinese sign, what a program writes for one that its encoding lacks; or one of
    two quotation marks."""
    lost = r"[^\x00-\x7f]\?|\?[^\x00-\x7f]|\x{fffd}|^[^\"]*(\"[^\"]*\"[^\"]*)*\"[^\"]*$"
    return pc.match_substring_regex(rows[column], lost)


def unstated_rule(column: str) -> Rule:
    return Rule(f"unstated_{column}", column, IsUnstated(column), flags=True)


@dataclass(frozen=True)
class IsUnstated:
    column: str

    def __call__(self, rows: pa.Table) -> pa.Array:
        return pc.equal(rows[self.column], UNSTATED)


def not_before_programme(*columns: str) -> tuple[Rule, ...]:
    """Days of the programme that are before it began: perhaps 97 that a program made 1997."""
    return tuple(
        Rule("before_programme", column, Before(column, PROGRAMME_BEGINS_ON), flags=True)
        for column in columns
    )


@dataclass(frozen=True)
class Before:
    """Breaks where the day in `column` is before `first`."""

    column: str
    first: date

    def __call__(self, rows: pa.Table) -> pa.Array:
        return pc.less(rows[self.column], pa.scalar(self.first, pa.date32()))


def serial_column(name: str, *headers: str) -> FeedColumn:
    return FeedColumn(name, serial, headers, shortcut=vectorized.plain_serials)
