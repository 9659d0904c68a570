"""Every format and encoding: what is recognised, and the rows under a spreadsheet's numbers."""

import csv
from datetime import date
from pathlib import Path

import pytest

from etl.files import encoding
from etl.mapping.feeds import FEEDS
from etl.mapping.source_file import describe
from tests.etl.files import write
from tests.etl.test_read import refusal, rows_of
from tests.etl.workbooks import WRITERS, gzipped, rezipped, xls, xlsx, zipped

SUSPENSIONS = FEEDS["suspensions"]
HEADER = ["憑證序號", "停用日期", "復用日期"]
LINES = [",".join(HEADER), "A1,102/1/1,", "A2,102/1/2,102/1/3"]
TABLE = [HEADER, ["A1", "102/1/1", None], ["A2", "102/1/2", "102/1/3"]]
ROWS = {2: ["A1", "102/1/1", None], 3: ["A2", "102/1/2", "102/1/3"]}


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("cp950", "cp950"),
    ],
)
def test_text_in_every_encoding(tmp_path: Path, codec: str, name: str) -> None:
    path = write(tmp_path / "a.csv", *LINES, encoding=codec)
    assert describe(path, SUSPENSIONS).encoding == name
    assert rows_of(path)[0] == ROWS
    big_endian = tmp_path / "b.csv"
    big_endian.write_bytes("\ufeff".encode("utf-16-be") + "\n".join(LINES).encode("utf-16-be"))
    assert rows_of(big_endian)[0] == ROWS


def test_names_that_only_one_kind_of_big5_knows(tmp_path: Path) -> None:
    header = "憑證序號,停用日期,備註"
    windows = write(tmp_path / "a.csv", header, "A1,102/1/1,碁恒裏", encoding="cp950")
    assert describe(windows, SUSPENSIONS).encoding == "cp950"
    assert rows_of(windows)[0] == {2: ["A1", "102/1/1", "碁恒裏"]}
    hong_kong = write(tmp_path / "b.csv", header, "A1,102/1/1,堃喆犇煊峯", encoding="big5hkscs")
    assert describe(hong_kong, SUSPENSIONS).encoding == "big5hkscs"
    assert rows_of(hong_kong)[0] == {2: ["A1", "102/1/1", "堃喆犇煊峯"]}


def test_damaged_utf8_is_not_taken_for_big5(tmp_path: Path) -> None:
    # Its last bytes would decode as cp950, and give a wrong name without a word.
    start = "憑證序號,停用日期,備註\nA1,102/1/1,".encode()
    path = tmp_path / "a.csv"
    path.write_bytes(start + "停".encode("cp950") + b"\n")
    assert f"byte {len(start)} (from 0) is not UTF-8;" in refusal(path)


def test_big5_is_read_across_the_seams_of_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.files.compression.CHUNK_BYTES", 7)
    path = write(tmp_path / "a.csv", *LINES, "A3,102/1/1,許功蓋", encoding="cp950")
    assert rows_of(path)[0] == {**ROWS, 4: ["A3", "102/1/1", "許功蓋"]}
    path.write_bytes(path.read_bytes() + b"\xff")
    assert f"byte {path.stat().st_size - 1} " in refusal(path)


def test_a_scan_in_pieces_knows_what_one_in_a_piece_knows() -> None:
    text = "憑證,@\ufeff\n台".encode()
    for cut in range(1, len(text)):
        scan = encoding.Utf8Scan()
        for piece in (text[:cut], text[cut : cut + 1], text[cut + 1 :]):
            if piece:
                scan.feed(piece)
        scan.finish()
        assert (scan.failed_at, scan.signs.has_at, scan.has_inner_bom) == (None, True, True)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_cells_apart_by_any_delimiter(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.txt"
    with path.open("w", encoding="utf-8", newline="") as text:
        # Commas in the cells: the delimiter is the one under which the headers are known.
        rows = [[*HEADER, "說明,備註"], ["A1", "102/1/1", "", f"甲,乙{delimiter}丙"]]
        csv.writer(text, delimiter=delimiter).writerows(rows)
    assert describe(path, SUSPENSIONS).layout.delimiter == delimiter
    assert rows_of(path)[0] == {2: ["A1", "102/1/1", None, f"甲,乙{delimiter}丙"]}


@pytest.mark.parametrize("kind", list(WRITERS))
@pytest.mark.parametrize("packing", ["", "gz", "zip"])
def test_tables_of_every_format_packed_or_not(tmp_path: Path, kind: str, packing: str) -> None:
    path = WRITERS[kind](tmp_path / "looks_like.csv", {"清冊": TABLE})
    path = {"": path, "gz": gzipped, "zip": zipped}[packing](path) if packing else path  # type: ignore[operator]
    source = describe(path, SUSPENSIONS)
    assert source.format == ".".join(filter(None, (kind, packing)))
    assert source.columns == dict(
        zip(HEADER, ["serial", "suspended_on", "resumed_on"], strict=True)
    )
    assert source.bytes == path.stat().st_size
    assert source.sheet == ("" if kind == "parquet" else "清冊")
    assert rows_of(path) == (ROWS, {})


@pytest.mark.parametrize("codec", ["utf-8", "cp950"])
def test_packed_text(tmp_path: Path, codec: str) -> None:
    path = write(tmp_path / "清冊.csv", *LINES, encoding=codec)
    packed = describe(gzipped(path), SUSPENSIONS)
    assert (packed.format, packed.encoding) == ("csv.gz", codec)
    assert rows_of(gzipped(path))[0] == ROWS
    inside = describe(zipped(path), SUSPENSIONS)
    assert (inside.format, inside.encoding, inside.entry) == ("csv.zip", codec, "清冊.csv")
    assert rows_of(zipped(path))[0] == ROWS


def test_a_zip_of_one_data_file_among_others(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", *LINES)
    assert rows_of(zipped(path, 讀我__pdf=b"%PDF", Thumbs__db=b"x"))[0] == ROWS
    message = refusal(zipped(path, b__csv=b"x"))
    assert "2 files in this zip (a.csv、b.csv) and no telling which" in message


@pytest.mark.parametrize("writer", [xlsx, xls])
def test_the_sheet_whose_header_fits(tmp_path: Path, writer: object) -> None:
    sheets = {"說明": [["本檔說明"], ["序號"]], "清冊": TABLE, "舊": TABLE, "空": []}
    path = WRITERS[writer.__name__](tmp_path / "a.dat", sheets, ["舊"])  # type: ignore[attr-defined]
    source = describe(path, SUSPENSIONS)
    assert (source.sheet, source.unread_sheets) == ("清冊", ("說明",))
    assert rows_of(path)[0] == ROWS


def test_two_sheets_that_fit_are_not_chosen_from(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"一月": TABLE, "二月": TABLE})
    assert "2 sheets fit (一月、二月)" in refusal(path)
    # A form without rows is no second table.
    path = xlsx(
        tmp_path / "b.xlsx", {"空白表格": TABLE[:1], "二月": [*TABLE, ["A3", "102/1/9", ""]]}
    )
    assert describe(path, SUSPENSIONS).sheet == "二月"


def test_a_workbook_of_hidden_or_empty_sheets(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"舊": TABLE, "空": []}, ["舊"])
    assert "no visible sheet" in refusal(path)


def test_cells_as_spreadsheets_hold_them(tmp_path: Path) -> None:
    rows = [
        HEADER,
        [12345678.0, date(2013, 9, 24), 1020925],
        [1234567890123456789, "民國102年9月24日", None],
        ["007", True, 0.5],
        ["=1+1", "<b>x</b>", None],
    ]
    for name, writer in [("a.xlsx", xlsx), ("a.xls", xls)]:
        assert rows_of(writer(tmp_path / name, {"清冊": rows}))[0] == {
            2: ["12345678", "2013-09-24", "1020925"],
            # Digits are lost: written so that the parser refuses it.
            3: ["1.23456789012346E+18", "民國102年9月24日", None],
            4: ["007", "TRUE", "0.5"],
            5: ["=1+1", "<b>x</b>", None],
        }


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_rows_have_the_numbers_that_the_spreadsheet_shows(tmp_path: Path, kind: str) -> None:
    table = [[None], ["停用清冊"], [None], *TABLE[:2], [None], [None, " ", None], TABLE[2]]
    path = WRITERS[kind](tmp_path / "a", {"清冊": table})
    assert describe(path, SUSPENSIONS).header.row_number == 4
    assert rows_of(path)[0] == {5: ROWS[2], 8: ROWS[3]}


def test_text_beyond_the_header_of_a_sheet_is_not_lost(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"清冊": [*TABLE, ["A3", "102/1/1", None, None, "多的"]]})
    assert describe(path, SUSPENSIONS).ignored == ["(4)", "(5)"]
    assert rows_of(path)[0] == {
        **{number: [*cells, None, None] for number, cells in ROWS.items()},
        4: ["A3", "102/1/1", None, None, "多的"],
    }


def test_a_date_written_in_the_roc_calendar_by_excel(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"清冊": [HEADER, ["A1", date(2013, 9, 24), None]]})

    def roc(name: str, content: bytes) -> bytes:
        if name == "xl/styles.xml":
            return content.replace(b"yyyy/m/d", b"[$-404]e/mm/dd")
        return content

    assert rows_of(rezipped(path, roc))[0] == {2: ["A1", "2013-09-24", None]}


def test_an_address_in_a_spreadsheet_is_found(tmp_path: Path) -> None:
    table = [[*HEADER, "備註"], ["A1", "102/1/1", None, "王 <wang@example.com>"]]
    for kind, writer in WRITERS.items():
        source = describe(writer(tmp_path / kind, {"清冊": table}), SUSPENSIONS)
        assert source.dropped == ["備註"]
        assert source.has_email
