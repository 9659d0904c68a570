"""What the cells of a column say: whether most of them are ways to reach a person, or their names.

For columns under headers that say nothing. Codes, days, places, kinds, the names of units and of
systems are none of this. Patterns are short and linear; a long cell is cut before it is looked at.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import pyarrow as pa

from etl.files.sampling import Thinned
from etl.mapping.personal_names import CHINESE, DOTTED, FREQUENT, HIDDEN, TITLED, is_name
from etl.validation.values import EMAIL, BadValue, fold

# Of a cell, what is looked at.
_MOST_SIGNS = 200
_NOTHING = {
    "",
    "-",
    "--",
    "—",
    "無",
    "空",
    "免",
    "n/a",
    "na",
    "null",
    "none",
    "nan",
    "不詳",
    "同上",
    "未填",
}
# Of the cells that are not empty.
_MOST = 0.5
# Rows are looked at in so many blocks of so many; a block with fewer cells says nothing by itself.
_BLOCKS, _ROWS_IN_BLOCK, _LEAST_IN_BLOCK = 40, 200, 20
# Of a wide file fewer blocks: about so many cells.
_FEWEST_BLOCKS, _MOST_CELLS = 4, 400_000
_MOST_NAMES = 0.8

_PHONE = re.compile(
    r"(?<![\w.])("
    r"09\d{2}[- ]?\d{3}[- ]?\d{3}"  # mobile
    r"|\(0\d{1,3}\) ?\d{3,4}[- ]?\d{3,4}"
    r"|0\d{1,3}[- ]\d{3,4}[- ]?\d{3,4}"
    r"|0(2\d{8}|[3-8]\d{7,8})"  # ten digits that begin with 00 are a padded number
    r"|(\+|00)?886[- ]?\(?0?\)?[- ]?\d{1,3}[- ]?\d{3,4}[- ]?\d{3,4}"
    r"|\+\d{1,3}[- ]?\(?\d{1,4}\)?([- ]?\d{2,4}){2,4}"
    r"|0800[- ]?\d{3}[- ]?\d{3}"
    r"|\d{3,4}-?\d{4} ?(#|轉|分機|ext\.?) ?\d{1,6}"
    r")(?![\d-])",
    re.IGNORECASE,
)
# As Excel leaves a mobile number, and one that is hidden in part.
_BARE_MOBILE = re.compile(r"9\d{8}")
_HIDDEN_PHONE = re.compile(r"0[\d-]{2,6}[*xX＊]{3,}[\d*-]*")
_ADDRESS = re.compile(
    r"(路|街|大道|巷|弄|段|村|里|鄰|新村|社區).{0,14}?[\d一二三四五六七八九十百之]+ ?(號|巷|弄)"
    r"|[縣市][^ ]{1,4}[鄉鎮市區].{0,10}(路|街|大道|巷|段|村|里)"
    r"|[^ ]{1,4}[鄉鎮市區].{1,6}(路|街|大道)"
    r"|(路|街|大道)([一二三四五六七八九十\d]+段)?\d+"
    r"|(路|街|大道)[一二三四五六七八九十]段"
    r"|郵政.{0,8}信箱|\d+號.{0,3}樓"
)
_ENGLISH_ROAD = re.compile(
    r"\b(rd|road|st|street|ave|avenue|lane|ln|alley|aly|blvd|boulevard|sec|section|dist|district|"
    r"township|floor|p\.?o\.? ?box)\b\.?",
    re.IGNORECASE,
)
_ID = re.compile(r"[A-Z][1289A-D]\d{8}")
_HIDDEN_ID = re.compile(r"[A-Z][12]\d{0,7}[*X＊]{3,}\d{0,4}")
_ID_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


def looks_personal(cells: Iterable[str | None]) -> bool:
    """Whether most of the cells that hold anything are about persons."""
    texts = [_cleaned(cell) for cell in cells if cell]
    counted = Counter(text for text in texts if text.casefold() not in _NOTHING)
    total = sum(counted.values())
    if not total:
        return False
    reached = sum(count for text, count in counted.items() if _is_way_to_reach(text))
    return (
        reached > _MOST * total
        or _are_bare_mobiles(list(counted))
        or _are_names(list(counted), total)
    )


def _cleaned(cell: str) -> str:
    try:
        return re.sub(r"\s+", " ", fold(cell[:_MOST_SIGNS])).strip(" '\"")
    except BadValue:  # no text of any person; its row is refused where it is read
        return ""


@lru_cache(20_000)
def _is_way_to_reach(text: str) -> bool:
    """An e-mail, telephone, address or number of a person, or a name with a title or hidden."""
    return bool(
        ("@" in text and EMAIL.search(text))
        or _PHONE.search(text)
        or _HIDDEN_PHONE.fullmatch(text)
        or _is_address(text)
        or (_ID.fullmatch(text) and _is_likely_id(text))
        or _HIDDEN_ID.fullmatch(text)
        or TITLED.fullmatch(text)
        or HIDDEN.fullmatch(text)
        or DOTTED.fullmatch(text)
    )


def _is_address(text: str) -> bool:
    if _ADDRESS.search(text):
        return True
    return any(map(str.isdigit, text)) and len(_ENGLISH_ROAD.findall(text)) > 1


def _is_likely_id(text: str) -> bool:
    """The checksum of 身分證字號 and of 統一證號."""
    letter = _ID_LETTERS.index(text[0]) + 10
    second = str(_ID_LETTERS.index(text[1]) % 10) if text[1].isalpha() else text[1]
    digits = [letter // 10, letter % 10, *map(int, second + text[2:])]
    weights = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
    return sum(d * w for d, w in zip(digits, weights, strict=True)) % 10 == 0


def _are_bare_mobiles(texts: list[str]) -> bool:
    """0912345678 without its zero; numbers that follow one another are no telephones."""
    if len(texts) < 3 or not all(_BARE_MOBILE.fullmatch(text) for text in texts):
        return False
    numbers = sorted(map(int, texts))
    return numbers[-1] - numbers[0] > 1_000 * len(numbers)


def _are_names(texts: list[str], total: int) -> bool:
    """Of the different texts nearly all could be names, of more than one family."""
    names = [text for text in texts if is_name(text)]
    if len(names) < _MOST_NAMES * len(texts) or (len(texts) < 5 and len(names) < len(texts)):
        return False
    if len(texts) < 3:
        return len(texts) == total and all(len(n) == 3 and n[0] in FREQUENT for n in names)
    families = {name[0] for name in names}
    usual = [name for name in names if not CHINESE.fullmatch(name) or len(name) == 3]
    is_varied = len(families) > 1 and len(usual) >= _MOST * len(names)
    return is_varied and (len(texts) > 4 or 2 * len(texts) >= total)


@dataclass
class Columns:
    """What stands in columns, in blocks of rows from over a whole file."""

    places: Sequence[int]
    blocks: Thinned[list[Sequence[str | None]]] = field(init=False)
    _waiting: list[Sequence[str | None]] = field(default_factory=list)
    _count: int = 0

    def __post_init__(self) -> None:
        blocks = _MOST_CELLS // (_ROWS_IN_BLOCK * max(1, len(self.places)))
        self.blocks = Thinned(max(_FEWEST_BLOCKS, min(_BLOCKS, blocks)))

    def add(self, rows: Iterable[Sequence[str | None]]) -> None:
        """Rows with a cell at each of the places."""
        for row in rows:
            self._waiting.append(row)
            if len(self._waiting) == _ROWS_IN_BLOCK:
                self._end_block()

    def add_of(self, rows: pa.RecordBatch) -> None:
        """The same of columns, of which only those at the places are looked at."""
        nothing = [None] * rows.num_rows
        cells = [
            column.to_pylist() if place in self.places else nothing
            for place, column in enumerate(rows.columns)
        ]
        self.add(zip(*cells, strict=True))

    def _end_block(self) -> None:
        self.blocks.add(self._count, self._waiting)
        self._count += 1
        self._waiting = []

    def personal(self) -> set[int]:
        """The places of the columns that look personal, throughout or in some block of rows: a file
        may have been put together from others."""
        if self._waiting:
            self._end_block()
        return {place for place in self.places if self._is_personal(place)}

    def _is_personal(self, place: int) -> bool:
        blocks = [[row[place] for row in rows] for rows in self.blocks.kept.values()]
        large = [cells for cells in blocks if sum(map(bool, cells)) >= _LEAST_IN_BLOCK]
        return looks_personal(cell for cells in blocks for cell in cells) or any(
            map(looks_personal, large)
        )
