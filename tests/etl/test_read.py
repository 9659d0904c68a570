"""A file -> what is recognised in it, and its rows under the numbers that a spreadsheet shows."""

from pathlib import Path

import pytest

from etl.files import csvfile
from etl.mapping.feeds import FEEDS
from etl.mapping.headers import UnreadableFile
from etl.mapping.source_file import batches, describe
from tests.etl.files import CERTIFICATES, GOOD, UNITS, write

SUSPENSIONS = FEEDS["suspensions"]


def rows_of(
    path: Path, feed: str = "suspensions"
) -> tuple[dict[int, list[str | None]], dict[int, str]]:
    """Row number -> its cells; row number -> what is wrong with its shape."""
    rows: dict[int, list[str | None]] = {}
    malformed: dict[int, str] = {}
    for batch in batches(describe(path, FEEDS[feed])):
        for number, *cells in zip(*[c.to_pylist() for c in batch.rows.columns], strict=True):
            rows[number] = cells
        malformed |= {r.row_number: r.reasons[0].hint.split("|")[1] for r in batch.malformed}
    return rows, malformed


def refusal(path: Path, feed: str = "suspensions") -> str:
    with pytest.raises(UnreadableFile) as refused:
        rows_of(path, feed)
    assert "；" in refused.value.zh  # says what to do in both languages
    assert ";" in refused.value.en
    return refused.value.en


def test_headers_are_known_by_any_of_their_names(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv", " 憑 證 序 號,Suspended On,復用日期,備註,備註", "A1,102/1/1,,x,y"
    )
    source = describe(path, SUSPENSIONS)
    assert source.columns == {
        "憑 證 序 號": "serial",
        "Suspended On": "suspended_on",
        "復用日期": "resumed_on",
        "備註": None,
        "備註 (2)": None,
    }
    assert source.ignored == ["備註", "備註 (2)"]
    assert (source.name, source.format, source.encoding) == ("a.csv", "csv", "utf-8")
    assert source.bytes == path.stat().st_size
    assert rows_of(path)[0] == {2: ["A1", "102/1/1", None, "x", "y"]}


def test_full_width_headers_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "ｓｅｒｉａｌ,停用日期", "A1,102/1/1", encoding="utf-8-sig")
    source = describe(path, SUSPENSIONS)
    assert source.encoding == "utf-8-sig"
    assert source.columns == {"ｓｅｒｉａｌ": "serial", "停用日期": "suspended_on"}
    assert rows_of(path)[0] == {2: ["A1", "102/1/1"]}


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        "",
        "serial,suspended_on,resumed_on",  # row 2
        "A1,1,2",
        "",  # row 4 is blank, and so are those without text
        ",,",
        "   ",
        '"A2\nand more",1,2',  # row 7, on two lines
        "A3,1",  # row 8 has a cell too few
        "A4,1,2,3",  # row 9 one too many
        "A5,1,2",
        "A6",
    )
    rows, malformed = rows_of(path)
    assert rows == {3: ["A1", "1", "2"], 7: ["A2\nand more", "1", "2"], 10: ["A5", "1", "2"]}
    assert malformed == {
        8: "2 cells, the header 3",
        9: "4 cells, the header 3",
        11: "1 cells, the header 3",
    }


@pytest.mark.parametrize("block_bytes", [24, 64, 1 << 20])
def test_no_row_is_lost_or_misnumbered_where_blocks_meet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block_bytes: int
) -> None:
    monkeypatch.setattr(csvfile, "BLOCK_BYTES", block_bytes)
    lines = ["serial,suspended_on,resumed_on"]
    good, bad = {}, set()
    for number in range(2, 400):
        match number % 7:
            case 1:
                lines.append("")
            case 2 | 3 if number % 5:
                lines.append(f"B{number}")
                bad.add(number)
            case _:
                lines.append(f"A{number},1,2")
                good[number] = [f"A{number}", "1", "2"]
    rows, malformed = rows_of(write(tmp_path / "a.csv", *lines))
    assert rows == good
    assert set(malformed) == bad


def test_a_malformed_row_keeps_its_text_by_header(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "serial,suspended_on", 'A1,"102,1,1",x,y')
    batch = next(iter(batches(describe(path, SUSPENSIONS))))
    assert batch.malformed[0].text == {
        "serial": "A1",
        "suspended_on": "102,1,1",
        "(3)": "x",
        "(4)": "y",
    }


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_of_every_system(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(ending.join(["serial,suspended_on", "A1,1", "", "A2,2"]).encode())
    assert rows_of(path)[0] == {2: ["A1", "1"], 4: ["A2", "2"]}


def test_a_file_with_a_header_only_has_no_rows(tmp_path: Path) -> None:
    assert rows_of(write(tmp_path / "a.csv", "serial,suspended_on")) == ({}, {})
    (tmp_path / "b.csv").write_bytes(b"serial,suspended_on")
    assert rows_of(tmp_path / "b.csv") == ({}, {})


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b" , \n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert "empty" in refusal(tmp_path / "a.csv")


def test_bytes_of_no_encoding_are_refused_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    start = "serial,suspended_on\n停用,1\n".encode("cp950")
    path.write_bytes(start + b"\xff,1\n")
    assert f"byte {len(start)} (from 0) is not UTF-8/Big5" in refusal(path)


def test_the_place_is_right_far_into_a_file_and_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    line = "停用,102/1/1\n".encode()
    start = b"serial,suspended_on\n" + line * (9_000_000 // len(line))  # spans several chunks
    path.write_bytes(start + b"\xff,1\n")
    assert f"byte {len(start):,} (from 0)" in refusal(path)
    path.write_bytes(start + "停".encode()[:2])  # cut off within a character
    assert f"byte {len(start):,} (from 0)" in refusal(path)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"PK\x03\x04...", "ZIP"),
        (b"\x1f\x8b..", "GZIP"),
        (b"\xd0\xcf\x11\xe0...", "XLS"),
        (b"PAR1...", "PARQUET"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n", "PNG"),
        ("停用".encode("utf-16") + b"\x00", "UTF-16"),
    ],
)
def test_other_formats_are_called_by_name(tmp_path: Path, content: bytes, name: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert name in refusal(tmp_path / "a.csv")


def test_missing_columns_are_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "憑證序號,備註", "A1,x")
    message = refusal(path)
    assert "columns missing: suspended_on" in message
    assert "憑證序號, 備註" in message


def test_two_headers_for_one_column_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "憑證序號,卡號,停用日期", "A1,A1,1")
    assert "“憑證序號” and “卡號” both mean serial" in refusal(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "none.csv")
    assert "directory" in refusal(tmp_path)


def test_a_quotation_mark_that_is_never_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csvfile, "BLOCK_BYTES", 64)
    path = write(tmp_path / "a.csv", "serial,suspended_on", '"A1,1', *["A2,2"] * 50)
    assert "quotation mark is never closed" in refusal(path)


@pytest.mark.parametrize(
    "header",
    ["電子郵件", "E-mail", "負責人姓名", "聯絡電話", "手 機", "通訊地址", "身分證字號", "Name"],
)
def test_columns_about_persons_are_dropped_by_their_header(tmp_path: Path, header: str) -> None:
    path = write(tmp_path / "a.csv", f"serial,{header},suspended_on", "A1,王小明,102/1/1")
    source = describe(path, SUSPENSIONS)
    assert source.dropped == [header]
    assert source.ignored == []
    assert source.is_personal
    assert rows_of(path)[0] == {2: ["A1", "102/1/1"]}


@pytest.mark.parametrize("address", ["wang@example.com", "王 <wang@example.com.tw>", "a＠b.tw"])
def test_columns_with_an_address_anywhere_are_dropped(tmp_path: Path, address: str) -> None:
    rows = [f"A{n},102/1/1,無" for n in range(500)]
    path = write(tmp_path / "a.csv", "serial,suspended_on,備註", *rows, f"B,102/1/1,{address}")
    assert describe(path, SUSPENSIONS).dropped == ["備註"]


def test_a_names_column_of_the_feed_itself_is_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", UNITS, "M01,經濟部商業司,ministry,government")
    assert describe(path, FEEDS["units"]).dropped == []


def test_the_malformed_rows_of_a_personal_file_keep_no_text(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "serial,姓名,suspended_on", "A1,王小明,102/1/1,x")
    batch = next(iter(batches(describe(path, SUSPENSIONS))))
    assert batch.malformed[0].text == {}


def test_a_certificate_file_as_an_office_writes_it(tmp_path: Path) -> None:
    source = describe(write(tmp_path / "a.csv", CERTIFICATES, GOOD), FEEDS["certificates"])
    assert None not in source.columns.values()
