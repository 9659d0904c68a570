"""What an office does to a table before anybody loads it.

A harmless habit leaves every value readable; a doubtful one may leave rows that have to be refused,
or kept with a flag, and some files that have to be refused whole. No habit excuses a wrong value.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from random import Random

from etl.mapping.feeds import FEEDS, Feed
from etl.mapping.feeds.feed import stated_parser
from etl.validation import values
from etl.validation.days import day
from tests.offices.truth import MAKE, Record
from tests.offices.writing import DAYS, DOUBTFUL_DAYS, Cell, by_excel, full_width, written


@dataclass(eq=False)
class Row:
    """`record`: of which record it is; None: it is of none."""

    cells: list[Cell]
    record: Record | None = None


@dataclass
class Table:
    """`columns`: what each column of the header is to the feed; None: nothing."""

    feed: Feed
    columns: list[str | None]
    header: Row
    rows: list[Row]
    above: list[Row] = field(default_factory=list)
    merges: list[tuple[Row, Row, int]] = field(default_factory=list)  # from, to, column
    hidden: list[Row] = field(default_factory=list)
    formulas: set[int] = field(default_factory=set)  # columns
    other_sheets: dict[str, list[list[Cell]]] = field(default_factory=dict)
    stray_quotes: list[tuple[int, int]] = field(default_factory=list)  # row, column
    is_quoted: bool = False
    since_1904: bool = False

    @property
    def grid(self) -> list[Row]:
        return [*self.above, self.header, *self.rows]

    @property
    def width(self) -> int:
        return len(self.header.cells)

    @property
    def records(self) -> list[Row]:
        return [row for row in self.rows if row.record is not None]

    def places(self, *parsers: object) -> list[int]:
        """The columns that one of the parsers reads."""
        return [
            place
            for place, name in enumerate(self.columns)
            if name and stated_parser(self.feed.column(name)) in parsers
        ]

    def put(self, place: int, column: str | None, header: str, cells: list[Cell]) -> None:
        """A column more, at that place."""
        self.columns.insert(place, column)
        self.header.cells.insert(place, header)
        for row, cell in zip(self.rows, cells, strict=True):
            if row.cells:
                row.cells.insert(place, cell if row.record else None)
        self.merges = [(a, b, at + (at >= place)) for a, b, at in self.merges]


def table(rng: Random, feed: Feed, days: tuple[str, ...]) -> Table:
    """Some true records, under headers in use, some columns that may be missing left out."""
    records = MAKE[feed.name](rng, rng.randint(4, 30))
    names = [
        name
        for name in records[0]
        if (feed.is_required(name) and feed.column(name).default is None) or rng.random() < 0.8
    ]
    if rng.random() < 0.3:
        rng.shuffle(names)
    headers = [rng.choice(feed.column(name).headers) for name in names]
    # A number under 第幾次 is which mail it was: see stage_by_number.
    headers = [re.sub(".*次.*", "提醒階段", header) for header in headers]
    rows = [
        Row([written(rng, feed.column(n), r[n], rng.choice(days)) for n in names], r)
        for r in records
    ]
    return Table(feed, list(names), Row(list(headers)), rows)


def titles(rng: Random, t: Table) -> None:
    t.above = [Row(["工商憑證清冊"]), *[Row([])] * rng.randint(0, 1), Row(["製表日期：102/9/24"])]


def notes(rng: Random, t: Table) -> None:
    texts = ("註：僅供內部參考", "資料來源：商業司", "以下空白", "共 3 筆", "第 1 頁，共 1 頁")
    t.rows += [Row([]), Row([rng.choice(texts)])]


def total(rng: Random, t: Table) -> None:
    place, cells = rng.randint(1, t.width - 1), [None] * t.width
    t.rows.append(Row(["合計", *cells[1:place], str(len(t.records)), *cells[place + 1 :]]))


def blank_rows(rng: Random, t: Table) -> None:
    for _ in range(rng.randint(1, 3)):
        t.rows.insert(rng.randint(0, len(t.rows)), Row([]))


def header_again(rng: Random, t: Table) -> None:
    t.rows.insert(rng.randint(1, len(t.rows)), Row(list(t.header.cells)))


def empty_column(rng: Random, t: Table) -> None:
    t.put(rng.randint(0, t.width), None, "", [None] * len(t.rows))


def row_numbers(rng: Random, t: Table) -> None:
    header = rng.choice(("流水號", "項次", "NO.", "序號"))
    t.put(0, None, header, [str(number) for number in range(1, len(t.rows) + 1)])


def remarks(rng: Random, t: Table) -> None:
    cells = [rng.choice((None, "已補件", "電話通知, 未接", "V")) for _ in t.rows]
    t.put(rng.randint(0, t.width), None, rng.choice(("備註", "承辦單位意見")), cells)


def persons(rng: Random, t: Table) -> None:
    cells: list[Cell] = [f"{rng.choice('陳林黃張')}小{rng.choice('明華美')}" for _ in t.rows]
    t.put(rng.randint(0, t.width), None, rng.choice(("聯絡人", "承辦人姓名")), cells)


def in_full_width(rng: Random, t: Table) -> None:
    for row in t.records:
        row.cells = [
            full_width(cell) if name and "name" not in name else cell
            for name, cell in zip(t.columns, row.cells, strict=True)
        ]


def spaces(rng: Random, t: Table) -> None:
    for row in t.records:
        row.cells = [
            f"{rng.choice((' ', '　', ''))}{cell}{rng.choice((' ', '　'))}"
            if isinstance(cell, str) and cell and rng.random() < 0.3
            else cell
            for cell in row.cells
        ]


def line_breaks(rng: Random, t: Table) -> None:
    for place in t.places(values.name):
        for row in rng.sample(t.records, min(3, len(t.records))):
            text = str(row.cells[place])
            if len(text) > 3 and not re.search("[ -~]", text[1:3]):
                row.cells[place] = f"{text[:2]}\n{text[2:]}"


def decorated_header(rng: Random, t: Table) -> None:
    t.header.cells = [
        rng.choice((f"＊{h}", f"{h}：", f"{h}（必填）", f" {h}", f"{h[:2]}\n{h[2:]}")) if c else h
        for c, h in zip(t.columns, map(str, t.header.cells), strict=True)
    ]


def merged_labels(rng: Random, t: Table) -> None:
    """Runs of one text in a column that sorts records, merged: only the first cell has it."""
    labels = [c for c in ("county", "org_type", "month", "category", "side") if c in t.columns]
    if not labels or len(t.records) != len(t.rows):
        return
    place = t.columns.index(rng.choice(labels))
    name = str(t.columns[place])
    t.rows.sort(key=lambda row: str((row.record or {})[name]))
    start = 0
    for at in range(1, len(t.rows) + 1):
        if at == len(t.rows) or t.rows[at].record[name] != t.rows[start].record[name]:  # type: ignore[index]
            for row in t.rows[start + 1 : at]:
                row.cells[place] = None
            if at - start > 1:
                t.merges.append((t.rows[start], t.rows[at - 1], place))
            start = at


def sheets(rng: Random, t: Table) -> None:
    t.other_sheets["說明"] = [["填表說明"], ["一、請勿更改標題"]]
    t.other_sheets["代碼表"] = [["代碼", "意義"], ["1", "正卡"]]


def hidden_rows(rng: Random, t: Table) -> None:
    t.hidden = [rng.choice(t.rows)]


def formulas(rng: Random, t: Table) -> None:
    t.formulas = {rng.randrange(t.width)}


def repeated_rows(rng: Random, t: Table) -> None:
    row = rng.choice(t.records)
    t.rows.append(Row(list(row.cells), row.record))


def quoted(rng: Random, t: Table) -> None:
    t.is_quoted = True


def marked_as_text(rng: Random, t: Table) -> None:
    """So that Excel leaves its zeros."""
    for place in t.places(values.serial, values.holder_id, values.code):
        for row in t.records:
            if cell := row.cells[place]:
                row.cells[place] = rng.choice((f'="{cell}"', f"'{cell}"))


def thousands(rng: Random, t: Table) -> None:
    for place in t.places(values.whole_number):
        for row in t.records:
            row.cells[place] = f"{int(str((row.record or {})['registered'])):,}"


def epoch_of_1904(rng: Random, t: Table) -> None:
    t.since_1904 = True


# From here on: doubtful.
def header_reordered(rng: Random, t: Table) -> None:
    order = rng.sample(range(t.width), t.width)
    at = rng.randint(1, len(t.rows) - 1)
    for row in (again := [Row(list(t.header.cells)), *t.rows[at:]]):
        cells = row.cells + [None] * (t.width - len(row.cells))
        row.cells = [cells[place] for place in order]
    t.rows[at:] = again


def table_beside(rng: Random, t: Table) -> None:
    side = [
        ["縣市", "張數"],
        *[[c, str(rng.randint(1, 99))] for c in ("臺北市", "高雄市", "臺中市")],
    ]
    t.header.cells += ["", *side[0]]
    t.columns += [None] * 3
    for number, row in enumerate(t.rows):
        row.cells += [None] * (t.width - 3 - len(row.cells))
        row.cells += [None, *(side[number + 1] if number < 3 else [None, None])]


def table_below(rng: Random, t: Table) -> None:
    below = rng.choice(
        ([["卡別", "張數"], ["正卡", "17"], ["附卡", "3"]], [["項目", "數量"], ["新申請", "12"]])
    )
    t.rows += [Row([]), *[Row([*cells]) for cells in below]]


def stray_quotes(rng: Random, t: Table) -> None:
    first = len(t.above) + 1
    t.stray_quotes = [
        (first + rng.randrange(len(t.rows)), rng.randrange(t.width))
        for _ in range(rng.randint(1, 3))
    ]


def excel(rng: Random, t: Table) -> None:
    """Opened as text and saved; in another language of the computer the month comes first."""
    month_first = rng.random() < 0.3
    for row in t.rows:
        row.cells = [by_excel(cell, month_first) for cell in row.cells]


def numbers_for_days(rng: Random, t: Table) -> None:
    for place in t.places(day):
        for row in t.records:
            if isinstance(cell := row.cells[place], date):
                row.cells[place] = (cell - date(1899, 12, 30)).days


def shifted(rng: Random, t: Table) -> None:
    """A cell taken out of a row, or one too many, before one that then stands under a column of
    another kind: nobody can tell that a day under the next column of days is of the one before."""
    kinds = [stated_parser(t.feed.column(name)) if name else None for name in t.columns]
    row = rng.choice(t.records)
    places = [
        at
        for at, (kind, after) in enumerate(pairwise(kinds))
        if kind and after and kind is not after and row.cells[at] and row.cells[at + 1]
    ]
    if places and rng.random() < 0.5:
        del row.cells[rng.choice(places)]
    elif places:
        row.cells.insert(rng.choice(places), None)


def unknown_header(rng: Random, t: Table) -> None:
    places = [place for place, name in enumerate(t.columns) if name]
    t.header.cells[rng.choice(places)] = rng.choice(("欄位一", "備考", "資料"))


def unit_in_cell(rng: Random, t: Table) -> None:
    for place in t.places(values.whole_number, values.decimal):
        for row in t.records:
            row.cells[place] = f"{row.cells[place]}{rng.choice(('套', '家', ' 張'))}"


def in_thousands(rng: Random, t: Table) -> None:
    places = t.places(values.whole_number)
    for row in t.records:
        for place in places:
            row.cells[place] = str(int(str((row.record or {})["registered"])) // 1000)
    if places:
        t.above.append(Row([rng.choice(("單位：千家", "（單位：千家）", "單位:千"))]))


def stage_by_number(rng: Random, t: Table) -> None:
    """Which mail it was, as a mere number."""
    for place in t.places(values.stage):
        t.header.cells[place] = rng.choice(("提醒次別", "第幾次", "提醒階段"))
        for row in t.records:
            row.cells[place] = str((45, 30, 15, 1).index(int(str((row.record or {})["stage"]))) + 1)


def is_hexadecimal(t: Table) -> bool:
    return all(
        re.match("A1[0-9A-F]+$", str(row.record.get("serial"))) for row in t.records if row.record
    )


def other_case(rng: Random, t: Table) -> None:
    for place in t.places(values.serial) if is_hexadecimal(t) else ():
        for row in t.records:
            row.cells[place] = row.cells[place] and str(row.cells[place]).lower()


def numbers_with_e(rng: Random, t: Table) -> None:
    """A serial that Excel takes for a number: 12E5."""
    for place in t.places(values.serial) if is_hexadecimal(t) else ():
        if t.columns[place] == "serial":
            row = rng.choice(t.records)
            serial = f"{rng.randint(1, 99)}E{rng.randint(3, 12)}"
            row.record = {**(row.record or {}), "serial": serial}
            row.cells[place] = by_excel(serial, month_first=False)


Habit = Callable[[Random, Table], None]
TEXT, BOOKS = frozenset({"csv", "tsv"}), frozenset({"xlsx"})
GRIDS = TEXT | BOOKS | {"xls", "html"}
# Habit -> in which formats.
HARMLESS: dict[Habit, frozenset[str]] = {
    repeated_rows: GRIDS | {"json"},
    merged_labels: BOOKS | {"html"},
    **dict.fromkeys((titles, notes, total, blank_rows, header_again, empty_column), GRIDS),
    **dict.fromkeys((row_numbers, remarks, persons, in_full_width, spaces), GRIDS | {"json"}),
    **dict.fromkeys((line_breaks, thousands), GRIDS | {"json"}),
    **dict.fromkeys((decorated_header,), GRIDS),
    **dict.fromkeys((sheets, hidden_rows, formulas, epoch_of_1904), BOOKS),
    **dict.fromkeys((quoted, marked_as_text), TEXT),
}
DOUBTFUL: dict[Habit, frozenset[str]] = {
    **dict.fromkeys((header_reordered, table_beside, table_below), GRIDS),
    **dict.fromkeys((unknown_header, unit_in_cell, stage_by_number, other_case), GRIDS | {"json"}),
    **dict.fromkeys((numbers_with_e,), GRIDS | {"json"}),
    **dict.fromkeys((in_thousands,), GRIDS),
    **dict.fromkeys((excel,), TEXT | BOOKS | {"xls"}),
    numbers_for_days: BOOKS | {"xls"},
    shifted: GRIDS,
    stray_quotes: TEXT,
}


@dataclass(frozen=True)
class Made:
    """`habits`: their names; `is_harmless`: no row of it has to be refused."""

    table: Table
    format: str
    habits: list[str]
    is_harmless: bool


def made(rng: Random) -> Made:
    """A file as some office makes it."""
    feed = FEEDS[rng.choice(["certificates"] * 5 + list(FEEDS))]
    kind = rng.choice(("csv", "csv", "csv", "tsv", "xlsx", "xlsx", "xls", "html", "json"))
    is_doubtful = rng.random() < 0.6
    days: tuple[str, ...] = (rng.choice(list(DAYS)),)
    chosen: list[Habit] = []
    names: list[str] = []
    if rng.random() < 0.25:
        days, names = tuple(DAYS), ["mixed_calendars"]
    elif is_doubtful and rng.random() < 0.2:
        days = (rng.choice(list(DOUBTFUL_DAYS)),)
        names = [f"days_{days[0]}"]
    chosen += rng.sample([h for h, kinds in HARMLESS.items() if kind in kinds], rng.randint(0, 3))
    if is_doubtful:
        fitting = [habit for habit, kinds in DOUBTFUL.items() if kind in kinds]
        chosen += rng.sample(fitting, rng.randint(1, 2))
    found = table(rng, feed, days)
    for habit in sorted(chosen, key=[*HARMLESS, *DOUBTFUL].index):
        habit(rng, found)
    return Made(found, kind, names + [habit.__name__ for habit in chosen], not is_doubtful)
