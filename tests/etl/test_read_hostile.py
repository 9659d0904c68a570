"""Hostile and damaged files: each is refused with a reason in both languages, and nothing else."""

import gzip
import io
import time
import zipfile
from pathlib import Path

import pytest

from etl.files import limits
from etl.mapping.feeds import FEEDS
from etl.mapping.headers import UnreadableFile
from etl.mapping.source_file import batches, describe
from tests.etl.files import write
from tests.etl.test_read import refusal, rows_of
from tests.etl.workbooks import WRITERS, gzipped, ods, rezipped, xls, xlsx, zipped

TABLE = [["serial", "suspended_on"], ["A1", "102/1/1"]]
LINES = ["serial,suspended_on", "A1,102/1/1"]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return xlsx(tmp_path / "a.xlsx", {"清冊": TABLE})


def archive_of(path: Path, entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def test_a_gzip_bomb_is_given_up_when_it_has_grown_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(gzip.compress(b"serial,suspended_on\n" + b"A1,102/1/1\n" * 10_000_000))
    assert path.stat().st_size < 300_000
    assert "more than 64 MB when unpacked" in refusal(path)
    monkeypatch.setattr(limits, "UNPACKED_BYTES", 1 << 20)
    assert "more than 1 MB when unpacked" in refusal(path)


def test_a_zip_bomb_is_measured_and_not_believed(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"A1,102/1/1\n" * 10_000_000)
    honest = content.getvalue()
    path = tmp_path / "a.zip"
    path.write_bytes(honest)
    assert "more than 64 MB when unpacked" in refusal(path)
    # The same with a list that declares ten bytes: what does not agree with its list is damaged.
    declared = (110_000_000).to_bytes(4, "little")
    path.write_bytes(honest.replace(declared, (10).to_bytes(4, "little")))
    assert "damaged" in refusal(path)


def test_a_spreadsheet_that_unpacks_to_too_much(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rezipped(book, lambda name, content: content, **{"xl/media/a.png": bytes(3 << 20)})
    assert rows_of(book)[0]
    monkeypatch.setattr(limits, "SPREADSHEET_UNPACKED_BYTES", 2 << 20)
    assert "MB when unpacked, which no ordinary file is" in refusal(book)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
@pytest.mark.parametrize("packing", ["", "gz", "zip"])
def test_a_spreadsheet_that_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, packing: str
) -> None:
    path = WRITERS[kind](tmp_path / "a", {"清冊": TABLE})
    path = {"": path, "gz": gzipped, "zip": zipped}[packing](path) if packing else path  # type: ignore[operator]
    monkeypatch.setattr(limits, "SPREADSHEET_BYTES", 1000)
    assert "a spreadsheet, page or JSON of more than 0 MB" in refusal(path)


def test_more_entries_than_any_file_needs(tmp_path: Path) -> None:
    some = archive_of(tmp_path / "a.zip", {f"{n}.csv": b"" for n in range(1_001)})
    assert "more than 1,000 entries" in refusal(some)
    # A list of a hundred thousand is not even read.
    many = archive_of(tmp_path / "b.zip", {f"{n:0200}.csv": b"" for n in range(5_000)})
    assert "more than 1,000 entries" in refusal(many)


def test_packed_within_packed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", *LINES)
    for nested in (
        gzipped(gzipped(path)),
        zipped(gzipped(path)),
        gzipped(zipped(path)),
        zipped(zipped(path)),
    ):
        assert "a packed file within a packed file" in refusal(nested)


@pytest.mark.parametrize(
    "name", ["../../etc/evil.csv", "/etc/evil.csv", "..\\..\\evil.csv", "C:\\evil.csv"]
)
def test_the_path_of_an_entry_is_not_used(tmp_path: Path, name: str) -> None:
    path = archive_of(tmp_path / "a.zip", {name: "\n".join(LINES).encode()})
    assert describe(path, FEEDS["suspensions"]).entry == "evil.csv"
    assert rows_of(path)[0] == {2: ["A1", "102/1/1"]}
    assert [p.name for p in tmp_path.rglob("*")] == ["a.zip"]


def test_the_path_of_a_file_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    path = write(tmp_path / "x" / ".." / "a.csv", *LINES)
    assert describe(path, FEEDS["suspensions"]).name == "a.csv"


def test_a_zip_with_a_password(tmp_path: Path) -> None:
    path = archive_of(tmp_path / "a.zip", {"a.csv": "\n".join(LINES).encode()})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert "protected by a password" in refusal(path)


def test_a_workbook_with_a_password(tmp_path: Path) -> None:
    path = xls(tmp_path / "a.xls", {"清冊": TABLE})
    content = path.read_bytes()
    # A FILEPASS record after the first one: how a workbook of the old kind says it.
    after = content.index(b"\x09\x08\x10\x00") + 4 + 16
    record = b"\x2f\x00\x08\x00" + b"\x01" * 8
    path.write_bytes(content[:after] + record + content[after + len(record) :])
    assert "has a password" in refusal(path)
    # And how a new one says it: the zip is inside a container under this name.
    name, other = (n.encode("utf-16-le") for n in ("Workbook", "EncryptedPackage"))
    path.write_bytes(content.replace(name.ljust(64, b"\0"), other.ljust(64, b"\0")))
    assert "protected by a password" in refusal(path)


def test_ways_of_compressing_that_can_take_any_memory(tmp_path: Path) -> None:
    path = archive_of(tmp_path / "a.zip", {"a.csv": b"x"}, zipfile.ZIP_LZMA)
    assert "its way of compressing is not supported" in refusal(path)


@pytest.mark.parametrize("kind", [*WRITERS, "csv.gz", "csv.zip"])
def test_a_file_that_is_cut_off(tmp_path: Path, kind: str) -> None:
    if kind in WRITERS:
        path = WRITERS[kind](tmp_path / "a", {"清冊": [TABLE[0], *[TABLE[1]] * 500]})
    else:
        packed = gzipped if kind == "csv.gz" else zipped
        path = packed(write(tmp_path / "a.csv", *LINES))
    content = path.read_bytes()
    for size in (len(content) // 2, len(content) - 9):
        path.write_bytes(content[:size])
        if kind == "xls" and size > len(content) // 2:
            continue  # what is cut off there is only padding
        assert "damaged" in refusal(path)


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_entities_that_grow(tmp_path: Path, kind: str) -> None:
    path = WRITERS[kind](tmp_path / "a", {"清冊": TABLE})

    def laughing(name: str, content: bytes) -> bytes:
        if name not in ("xl/sharedStrings.xml", "content.xml"):
            return content
        return LAUGHS + content.split(b"?>", 1)[1].replace(b"A1", b"&b;")

    assert "it holds a DTD" in refusal(rezipped(path, laughing))


def test_a_sheet_of_more_cells_than_memory_holds(book: Path) -> None:
    def far_away(name: str, content: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return content
        far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        return content.replace(b"</sheetData>", far)

    started = time.monotonic()
    message = refusal(rezipped(book, far_away))
    assert "MB of memory" in message or "columns" in message
    assert time.monotonic() - started < 30


def test_a_sheet_that_repeats_its_cells(tmp_path: Path) -> None:
    def repeated(name: str, content: bytes) -> bytes:
        if name != "content.xml":
            return content
        row = b'<table:table-row table:number-rows-repeated="1000000">'
        cell = b'<table:table-cell table:number-columns-repeated="400" '
        return content.replace(b"<table:table-row>", row).replace(b"<table:table-cell ", cell)

    started = time.monotonic()
    assert refusal(rezipped(ods(tmp_path / "a.ods", {"清冊": TABLE}), repeated))
    assert time.monotonic() - started < 30


def test_more_cells_and_columns_than_are_read(
    tmp_path: Path, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SPREADSHEET_CELLS", 3)
    assert "a sheet of more than 3 cells" in refusal(book)
    monkeypatch.setattr(limits, "COLUMNS", 1)
    assert "more than 1 columns" in refusal(book)
    assert "more than 1 columns" in refusal(write(tmp_path / "a.csv", *LINES))
    table = WRITERS["parquet"](tmp_path / "a.parquet", {"": TABLE})
    assert "more than 1 columns" in refusal(table)


def test_a_parser_that_takes_too_long(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAITING_SECONDS", 0)
    assert "was given up" in refusal(book)


def test_a_parser_that_needs_too_much_memory(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MEMORY_BYTES", 64 << 20)
    message = refusal(book)
    assert "64 MB of memory" in message or "damaged" in message


def test_rows_that_nobody_reads_to_their_end(tmp_path: Path) -> None:
    table = [TABLE[0], *[[f"A{n}", "102/1/1"] for n in range(50_000)]]
    source = describe(xlsx(tmp_path / "a.xlsx", {"清冊": table}), FEEDS["suspensions"])
    rows = batches(source)
    assert next(rows).rows.num_rows == 20_000
    rows.close()  # type: ignore[attr-defined]
    assert sum(batch.rows.num_rows for batch in batches(source)) == 50_000


def test_a_document_that_is_no_table(tmp_path: Path) -> None:
    path = archive_of(tmp_path / "a.docx", {"word/document.xml": b"<x/>"})
    assert "Word or PowerPoint" in refusal(path)


def test_what_is_no_ordinary_file(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe")
    assert "not an ordinary file" in refusal(tmp_path / "pipe")


def test_a_file_that_is_changed_while_it_is_read(tmp_path: Path) -> None:
    path = gzipped(write(tmp_path / "a.csv", *LINES))
    source = describe(path, FEEDS["suspensions"])
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(UnreadableFile):
        list(batches(source))
