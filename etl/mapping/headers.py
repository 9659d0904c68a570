"""The header row: which header is which column of a feed, and which must not be read at all."""

import html
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from adoption.command import CommandError
from etl.mapping.feeds import Feed, FeedColumn
from etl.mapping.personal_headers import is_personal_header
from etl.validation.values import EMAIL

# Of what is wrong with a file; the end of it says what to do.
_MOST_TOLD, _END_TOLD = 1_000, 200


class UnreadableFile(CommandError):  # noqa: N818 (it says what the file is)
    """A file that cannot be read as what it should be; nothing of it is loaded.

    One line in each language, and no longer than a person reads, whatever the file's name or
    headers hold.
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(_one_line(zh), _one_line(en))


def _one_line(text: str) -> str:
    """Without line breaks and signs that cannot be seen, long ones without their middle."""
    seen = "".join(sign if sign.isprintable() else " " for sign in " ".join(text.splitlines()))
    return (
        seen
        if len(seen) <= _MOST_TOLD
        else f"{seen[:-_END_TOLD][:_MOST_TOLD]} … {seen[-_END_TOLD:]}"
    )


class UnfitFile(UnreadableFile):
    """It lacks columns that every row of the feed needs: it may be a file of another feed."""

    def __init__(self, zh: str, en: str, missing: Sequence[str] = ()) -> None:
        super().__init__(zh, en)
        self.missing = tuple(missing)


class ColumnTwice(UnreadableFile):
    """Two of its headers are names of one column: which is meant, somebody has to say."""


_LOOKALIKES = str.maketrans({"巿": "市"})  # U+5DFF
_HOW_TO_WRITE = re.compile(
    r"[(\[【] *(民國|西元|[yY]{2,4}|年|必填|選填|必要|8 *碼|八碼|8 *位|文字|數字|日期|格式)"
    r"[^()\[\]【】]{0,20}[)\]】]"
)

_MOST_SIGNS = 200
_TITLE = re.compile(r"[^\x00-\x7f][:：]")
# Titles and notes of an office stand above the header; so many rows are looked at.
FIRST_ROWS = 30


@dataclass(frozen=True)
class Header:
    """One cell of the header row. `column` is None where the feed has no use for it."""

    text: str
    column: str | None
    is_dropped: bool = False  # looks personal: neither kept nor shown anywhere
    is_source: bool = False  # a profile makes another column out of it
    is_derived: bool = False  # such a column: in no file, so in no text of a row either


@dataclass(frozen=True)
class Found:
    """The header row among the first rows: where it ends, its texts, how much is recognised."""

    place: int
    cells: list[str]
    recognised: int
    rows: int = 1  # two where it is merged over two

    @property
    def start(self) -> int:
        return self.place + 1 - self.rows


def plain(text: str) -> str:
    """`text` without what does not tell headers apart: width, spaces, case, entities, BOM, and a
    note on how to write the value: 核發日期（民國年月日）."""
    return _plain(text[:_MOST_SIGNS])  # no header that is known is as long


@lru_cache(20_000)
def _plain(text: str) -> str:
    text = html.unescape(text) if "&" in text else text
    folded = unicodedata.normalize("NFKC", text.replace("\ufeff", "")).translate(_LOOKALIKES)
    return re.sub(r"[\s_*:.-]", "", _HOW_TO_WRITE.sub("", folded)).casefold()


def names_of(feed: Feed) -> dict[str, str]:
    """Plain form of every header in use -> the column of the feed."""
    return {
        plain(name): column.name
        for column in feed.columns
        for name in (column.name, *column.headers)
    }


def derived_text(column: str, source: str) -> str:
    """What the column is called that a profile makes of another; `source_of` undoes it."""
    return f"{column} < {source}"


def source_of(column: str, header: str) -> str:
    """The header of the file under which `column` stands, made of it or as it is."""
    return header.removeprefix(derived_text(column, ""))


def headers_of(columns: Mapping[str, str | None]) -> dict[str, str]:
    """What a file calls each column of the feed; `columns` is header -> column.

    A column that a profile makes goes by the header that it is made of; one that is the same in
    every row has none.
    """
    return {
        column: source_of(column, header)
        for header, column in columns.items()
        if column and header != column
    }


def find_header(names: Mapping[str, str], rows: Sequence[Sequence[str]]) -> Found | None:
    """The row that recognises the most of `names`, the first of them, unless records are above it;
    None without any text.

    A header may be merged over two rows: 日期 above 核發 and 到期. When no row recognises anything
    it is the first that fills about as many cells as any: titles fill few.
    """
    candidates: list[Found] = []
    for place, cells in enumerate(rows[:FIRST_ROWS]):
        if not any(plain(cell).strip(",;|") for cell in cells):
            continue
        alone = Found(place, list(cells), recognised(names, cells))
        candidates.append(alone)
        if place + 1 < min(len(rows), FIRST_ROWS):
            merged = _merged(names, cells, rows[place + 1])
            below = recognised(names, rows[place + 1])
            found = Found(place + 1, merged, recognised(names, merged), 2)
            if found.recognised > max(alone.recognised, below):
                candidates.append(found)
    best = max(candidates, key=attrgetter("recognised"), default=None)
    if best is None or not best.recognised:
        return best and _widest(rows)
    return _header_of_records_above(names, rows, best) or best


def _header_of_records_above(
    names: Mapping[str, str], rows: Sequence[Sequence[str]], best: Found
) -> Found | None:
    """The row above those that look like records, where there are such above `best`: they are no
    titles, and `best` repeats their header in words that are better known."""
    places = [place for place, cell in enumerate(best.cells) if plain(cell) in names]
    like = [at for at in range(best.start) if _is_like_record(rows[at], places)]
    if not like:
        return None
    at = max(0, like[0] - 1)
    found = Found(at, list(rows[at]), recognised(names, rows[at]))
    return found if found.recognised or len(like) > 1 else None


def _is_like_record(cells: Sequence[str], places: Sequence[int]) -> bool:
    """Whether several of the places are filled, one with some digits, and none with a title."""
    filled = [cells[at] for at in places if at < len(cells) and cells[at].strip()]
    has_number = any(len(re.findall(r"\d", cell[:_MOST_SIGNS])) > 1 for cell in filled)
    return len(filled) > 1 and has_number and not any(map(_TITLE.search, filled))


def _widest(rows: Sequence[Sequence[str]]) -> Found | None:
    filled = [sum(bool(plain(cell)) for cell in cells) for cells in rows[:FIRST_ROWS]]
    enough = 0.8 * max(filled)
    place = next(place for place, count in enumerate(filled) if count >= enough)
    return Found(place, list(rows[place]), 0)


def recognised(names: Mapping[str, str], cells: Sequence[str]) -> int:
    """How many of the columns in `names` (plain form -> column) the cells name."""
    return len({names[plain(cell)] for cell in cells if plain(cell) in names})


def _merged(names: Mapping[str, str], above: Sequence[str], below: Sequence[str]) -> list[str]:
    merged: list[str] = []
    group = ""
    for place in range(max(len(above), len(below))):
        upper = above[place].strip() if place < len(above) else ""
        lower = below[place].strip() if place < len(below) else ""
        group = upper or group  # only the first cell of a merged range has its text
        forms = [lower, group + lower, lower + group] if lower else [upper]
        known = (form for form in forms if plain(form) in names)
        merged.append(next(known, f"{upper} {lower}".strip()))
    return merged


def recognise(
    feed: Feed, texts: Sequence[str], sources: Collection[int] = ()
) -> tuple[Header, ...]:
    """The headers of a file in its order, each text made unique; whether one column comes twice,
    `refuse_unfit` says. `sources` are the places of those that a profile reads.
    """
    names = names_of(feed)
    headers: list[Header] = []
    written = [text.replace("\ufeff", "").strip() for text in texts]
    for place, (own, text) in enumerate(zip(written, _unique(written), strict=True)):
        is_source = place in sources
        # By its own words: a second 家數 is of a table beside the first, not to be passed over.
        column = None if is_source else names.get(plain(own))
        is_personal = column is None and not is_source and is_personal_header(plain(text))
        headers.append(Header(text, column, is_personal, is_source))
    return tuple(headers)


def refuse_unfit(feed: Feed, file_name: str, headers: Sequence[Header]) -> None:
    """Raises UnfitFile for a missing column that every row needs, UnreadableFile for one twice."""
    _refuse_twice(feed, file_name, headers)
    _refuse_missing(feed, file_name, headers)


def missing_columns(feed: Feed, present: Collection[str | None]) -> list[FeedColumn]:
    """What every row needs and `present` lacks."""
    return [
        column
        for column in feed.columns
        if column.name not in present and feed.is_required(column.name) and column.default is None
    ]


def _unique(texts: Sequence[str]) -> list[str]:
    """備註, 備註 -> 備註, 備註 (2); a header without text is named by its place."""
    unique: dict[str, None] = {}
    numbers: dict[str, int] = {}
    for place, text in enumerate(texts, 1):
        named = candidate = text or f"({place})"
        while candidate in unique:
            numbers[named] = numbers.get(named, 1) + 1
            candidate = f"{named} ({numbers[named]})"
        unique[candidate] = None
    return list(unique)


def _refuse_twice(feed: Feed, file_name: str, headers: Sequence[Header]) -> None:
    seen: dict[str, str] = {}
    twice: list[tuple[str, str]] = []
    for header in headers:
        if header.column is None:
            continue
        if header.column in seen:
            twice.append((seen[header.column], header.text))
        seen.setdefault(header.column, header.text)
    if len(twice) > 1:
        raise _side_by_side(file_name, [first for first, _ in twice])
    for first, second in twice:
        name = next(h.column for h in headers if h.text == first)
        called = feed.column(name or "").headers[0]
        raise ColumnTwice(
            f"{file_name}：標題「{first}」和「{second}」都是「{called}」這一欄；"
            "請刪除或改名其中一欄，或用 --profile 說明是哪一欄",
            f"{file_name}: headers “{first}” and “{second}” both mean {name}; "
            "remove or rename one of them, or say by --profile which it is",
        )


def _side_by_side(file_name: str, twice: Sequence[str]) -> UnreadableFile:
    zh, en = "、".join(twice), ", ".join(twice)
    return UnreadableFile(
        f"{file_name}：{zh} 各有兩欄，像是兩個表並排；請把第二個表搬到另一個檔案",
        f"{file_name}: {en} come twice, as of two tables side by side; move the second one to a "
        "file of its own",
    )


def _refuse_missing(feed: Feed, file_name: str, headers: Sequence[Header]) -> None:
    missing = missing_columns(feed, {header.column for header in headers})
    if not missing:
        return
    first_row = ", ".join(h.text for h in headers if not h.is_derived)[:300]
    # It may be a row of data, taken for the header for want of one.
    first_row = EMAIL.sub("[e-mail]", first_row)
    zh = "、".join(column.headers[0] for column in missing)
    en = ", ".join(column.name for column in missing)
    raise UnfitFile(
        f"{file_name}：當作「{feed.zh}」讀，找不到欄位 {zh}；標題列是：{first_row}；"
        "請確認是這一種資料，並補上欄位，或用 --profile 對應",
        f"{file_name}: read as {feed.name}, columns missing: {en}; the header row is: {first_row}; "
        "check that it is this kind of file, add the columns, or map them with --profile",
        [column.name for column in missing],
    )
