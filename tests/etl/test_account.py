"""Every load reconciles with the file itself: no line is lost, none is swallowed by a quote."""

from pathlib import Path

import pyarrow as pa
import pytest

from adoption.store import Store, open_store
from etl.commit.file_counts import Tally
from etl.files.account import Account, LineCounts, account_text
from etl.mapping.feeds import FEEDS
from etl.mapping.headers import UnreadableFile
from etl.mapping.source_file import batches, describe
from tests.etl.files import load_files, write
from tests.etl.workbooks import WRITERS

HEADER = "憑證序號,停用日期,復用日期"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"lake:///{tmp_path}/store")


def account(store: Store, path: Path) -> Account:
    return load_files(store, "suspensions", path)[0].account


def refused(path: Path, feed: str = "suspensions") -> str:
    with pytest.raises(UnreadableFile) as refusal:
        list(batches(describe(path, FEEDS[feed])))
    assert "\n" not in refusal.value.zh
    return refusal.value.en


def test_each_line_of_a_text_is_one_of_six_things(tmp_path: Path, store: Store) -> None:
    path = write(
        tmp_path / "a.csv",
        "停用清冊",
        "",
        '憑證序號,停用日期,"復用',  # the header stands on two lines
        '日期"',
        'A1,102/1/1,"102/2/1',  # a note in the cell: a reject on three lines
        "補",
        '登"',
        "",
        "A2,102/1/1",  # a cell too few
        "合計,,2",
        ",,",
        "A3,102/1/1,",
    )
    assert account(store, path) == Account(
        lines=12, header=1, title=1, blank=3, skipped=1, records=3, in_cells=3
    )


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "end"])
def test_lines_of_every_system(tmp_path: Path, store: Store, ending: str, last: str) -> None:
    path = tmp_path / "a.csv"
    lines = [HEADER, "A1,102/1/1,", "", "A2,102/1/1,"] + [""] * (last == "end")
    path.write_bytes(ending.join(lines).encode())
    assert account(store, path) == Account(4, 1, 0, 1, 0, 2, 0)


def test_a_file_with_a_header_only(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(HEADER.encode())
    assert account(store, path) == Account(1, 1, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_the_lines_of_a_sheet_are_its_rows(tmp_path: Path, store: Store, kind: str) -> None:
    rows = [
        ["停用清冊", None, None],
        [None, None, None],
        ["憑證", "停用", "復用"],
        ["序號", "日期", "日期"],
        ["A1", "102/1/1", "102/1/2\n補登"],  # a line within a cell of a sheet is no row
        [None, None, None],
        ["合計", None, "1"],
        ["A2", "102/1/1", None],
    ]
    path = WRITERS[kind](tmp_path / "a", {"清冊": rows})
    assert account(store, path) == Account(8, 2, 1, 2, 1, 2, 0)


def test_a_parquet_file_has_its_header_and_its_rows(tmp_path: Path, store: Store) -> None:
    rows = [HEADER.split(","), ["A1", "102/1/1", None], ["A2", "102/1/1", None]]
    path = WRITERS["parquet"](tmp_path / "a", {"": rows})
    assert account(store, path) == Account(3, 1, 0, 0, 0, 2, 0)


def test_a_line_that_is_missing_ends_the_load(tmp_path: Path) -> None:
    source = describe(write(tmp_path / "a.csv", HEADER, "A1,102/1/1,"), FEEDS["suspensions"])
    tally = Tally(source, FEEDS["suspensions"], counts=LineCounts(lines=3))
    tally.keep(pa.table({"row_number": [2], "flags": pa.array([None], pa.string())}))
    with pytest.raises(UnreadableFile) as refusal:
        tally.account()
    assert refusal.value.en.startswith("a.csv: its lines do not add up (3 lines = header 1 + ")


def test_it_is_told_in_one_line() -> None:
    told = account_text(Account(12, 1, 1, 0, 2, 8, 0).as_json())
    assert told.zh == "檔案共 12 行 = 標題 1 + 表頭說明 1 + 略過 2 + 資料 8"
    assert told.en == "12 lines = header 1 + titles above it 1 + skipped 2 + records 8"


ROWS = [f"A{n},102/1/1,102/2/1" for n in range(2, 40)]


@pytest.mark.parametrize("closing", [2, 3, 25])
@pytest.mark.parametrize(
    ("opens", "closes"),
    [
        ('A1,"102/1/1,102/2/1', 'A99,"102/1/1,102/2/1'),  # in the same column
        ('"A1,102/1/1,102/2/1', '"A99,102/1/1,102/2/1'),
        ('A1,102/1/1,"102/2/1', 'A99,102/1/1,102/2/1"'),
        ('A1,102/1/1,"102/2/1', '"A99,102/1/1,102/2/1'),  # in another: a row of another width
    ],
)
def test_a_quote_that_swallows_rows(tmp_path: Path, opens: str, closes: str, closing: int) -> None:
    lines = [HEADER, "A0,102/1/1,", opens, *ROWS[: closing - 2], closes, "B1,102/1/1,"]
    assert "opens on line 3 takes the rows after it" in refused(write(tmp_path / "a.csv", *lines))


def test_the_line_is_counted_as_an_editor_does(tmp_path: Path) -> None:
    lines = [HEADER, '"A\n0",102/1/1,', "", "A3,1", '"A\n1","102/1/1,', *ROWS[:3], 'A9,"102/1/1,']
    assert "opens on line 7 takes" in refused(write(tmp_path / "a.csv", *lines))


@pytest.mark.parametrize("ending", ["\n", ""])
@pytest.mark.parametrize(
    "opens", ['A1,"102/1/1,102/2/1', '"A1,102/1/1,102/2/1', 'A1,102/1/1,"102/2/1']
)
@pytest.mark.parametrize("after", [0, 25])
def test_a_quote_that_is_open_at_the_end(
    tmp_path: Path, opens: str, after: int, ending: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(("\n".join([HEADER, "A0,102/1/1,", opens, *ROWS[:after]]) + ending).encode())
    assert "opens on line 3 is never closed" in refused(path)


@pytest.mark.parametrize("opening", ['"停用清冊', '"停用清冊,,'])
def test_a_quote_that_swallows_the_header(tmp_path: Path, opening: str) -> None:
    path = write(tmp_path / "a.csv", "", opening, HEADER, *ROWS)
    assert "opens on line 2 takes" in refused(path)
    path = write(tmp_path / "b.csv", "", opening, HEADER, 'A1,"102/1/1,', *ROWS)
    assert "opens on line 2 takes" in refused(path)


def test_a_quote_within_the_header_that_swallows_rows(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv", HEADER.replace("復", '"復'), *ROWS[:5], 'A1,102/1/1,"', "A2,1,"
    )
    assert "opens on line 1 takes" in refused(path)


@pytest.mark.parametrize(
    "cell", ["第一行\n第二行", "甲, 乙\n丙", "甲\n\n乙", '說 ""對""\n了', "a\r\nb\rc"]
)
def test_line_breaks_that_belong_to_a_cell(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f'{HEADER},備註\nA1,102/1/1,,"{cell}"\nA2,102/1/1,,\n'.encode())
    (batch,) = batches(describe(path, FEEDS["suspensions"]))
    assert batch.rows.column("備註").to_pylist() == [cell.replace('""', '"'), None]


def test_quotes_within_words_are_signs(tmp_path: Path, store: Store) -> None:
    path = write(tmp_path / "a.csv", f"{HEADER},備註", 'A1,102/1/1,,5" 磁片', "A2,102/1/1,,")
    assert account(store, path).records == 2
