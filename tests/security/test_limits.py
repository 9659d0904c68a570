"""What hostile files showed, each as a kind; and how often a file is read."""

import gzip
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adoption.store import Store
from etl.files import limits, spreadsheet
from etl.mapping.feeds import FEEDS
from etl.mapping.headers import UnreadableFile
from etl.mapping.profile import parse_profile, read_profile
from etl.mapping.source_file import describe
from tests.etl.files import counts, load_files, write
from tests.etl.test_read import refusal, rows_of
from tests.etl.workbooks import xlsx
from tests.security import packed

SUSPENSIONS = FEEDS["suspensions"]
HEADER, ROW = "serial,suspended_on", "A1,102/1/1"
PAGE = "<table><tr><td>serial<td>suspended_on<td>x<tr><td>A1<td>102/1/1<td>"
MARKED = "a" + "\u0301" * 31  # more than on any sign


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("made", [packed.book, packed.ods, packed.an_xls, lambda: packed.FOOTER])
def test_without_what_makes_them_hostile_they_are_read(
    tmp_path: Path, made: Callable[[], bytes]
) -> None:
    assert rows_of(written(tmp_path / "a", made()))[0][2] == ["A1", "102/1/1"]


def test_a_cell_that_cannot_be_read_is_the_matter_of_its_row(
    tmp_path: Path, empty_store: Store
) -> None:
    path = write(tmp_path / "a.csv", f"{HEADER},note", f"A1,102/1/1,{MARKED}", f"A2,{MARKED},x")
    for form in ("", "\n[columns.suspended_on]\nfrom = 'suspended_on'\nformat = '%Y/%m/%d'"):
        profile = parse_profile(f'feed = "suspensions"{form}', "p") if form else None
        (result,) = load_files(empty_store, "suspensions", path, dry_run=True, profile=profile)
        assert (result.read, result.rejected) == (2, 2 if form else 1)


def test_two_bytes_order_marks_and_no_header(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", f"\ufeff\ufeff{ROW}\nA2,102/1/1\n".encode())
    said = f'feed = "suspensions"\n[file]\ncolumns = {json.dumps(HEADER.split(","))}'
    source = describe(path, SUSPENSIONS, parse_profile(said, "p"))
    assert source.content.text().read()[source.header.end :].decode().startswith(ROW)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", f"{PAGE}a&#64;b.tw</table>"),
        ("b.html", f"{PAGE}a&commat;b.tw</table>"),
        ("a.json", r'[{"serial": "A1", "suspended_on": "1", "x": "a\u0040b.tw"}]'),
        ("a.csv", "serial,suspended_on,備註\nA1,102/1/1,a＠b.tw\n"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "cp950", "utf-16"])
def test_an_e_mail_is_found_however_its_sign_is_written(
    tmp_path: Path, name: str, content: str, encoding: str
) -> None:
    source = describe(written(tmp_path / name, content.encode(encoding)), SUSPENSIONS)
    assert source.has_email
    assert len(source.dropped) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "cp950", "utf-16"])
def test_a_text_without_one_is_not_searched_for_e_mails(tmp_path: Path, encoding: str) -> None:
    text = f"{HEADER},備註\n{ROW},一\n"  # in Big5 one of these has the byte of an @
    assert (b"@" in text.encode(encoding)) == (encoding == "cp950")
    path = written(tmp_path / "a.csv", text.encode(encoding))
    assert not describe(path, SUSPENSIONS).content.has_at


@pytest.mark.parametrize(
    ("end", "is_whole"),
    [
        ("</TABLE><script>row = '<tr><td>'</script><!-- end -->", True),
        ("</table><table><tr><td>A2", False),
        ("<tr><td>A2<td>102", False),
        ("<!-- <tr><td>A2</table>", False),
        (f"<tr><td>{'<b>' * 300}A2<tr><td>A3</table>", False),  # deeper than the parser goes
    ],
)
def test_a_page_that_ends_within_a_table_is_not_taken_for_whole(
    tmp_path: Path, end: str, is_whole: bool
) -> None:
    path = written(tmp_path / "a.xls", f"{PAGE}x{end}".encode())
    if is_whole:
        assert rows_of(path)[0] == {2: ["A1", "102/1/1", "x"]}
    else:
        assert "damaged or cut off" in refusal(path)


def test_a_record_of_json_is_not_replaced_by_a_list_in_it(tmp_path: Path) -> None:
    record = {"serial": "A1", "suspended_on": "102/1/1", "x": [{"serial": "B1"}]}
    lines = "".join(json.dumps(record | {"serial": f"A{n}"}) + "\n" for n in range(2))
    rows, _ = rows_of(written(tmp_path / "a.json", lines.encode()))
    assert [row[0] for row in rows.values()] == ["A0", "A1"]


def test_a_gzip_of_several_parts_and_a_long_name(tmp_path: Path) -> None:
    parts = [gzip.compress(line.encode()) for line in (f"{HEADER}\n", "", f"{ROW}\n")]
    named = (
        b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * (1 << 20) + b"\0" + gzip.compress(b"A2,1\n")[10:]
    )
    for content in (b"".join([*parts, named]), b"".join([*parts, bytes(512), named, bytes(512)])):
        assert list(rows_of(written(tmp_path / "a.gz", content))[0]) == [2, 3]


def test_a_file_beside_the_records_in_a_zip_is_told_and_not_kept(
    tmp_path: Path, empty_store: Store
) -> None:
    content = packed.zipped(
        {"a.csv": packed.GOOD, "名單.bin": "王小明".encode(), ".DS_Store": b"x"}
    )
    (result,) = load_files(empty_store, "suspensions", written(tmp_path / "a.zip", content))
    assert (result.kept, result.unread_sheets) == (1, ["名單.bin"])
    kept = [path.read_bytes() for path in tmp_path.rglob("archive/*") if path.is_file()]
    assert not any("王小明".encode() in each or b"PK" in each for each in kept)


def test_the_limit_on_what_is_unpacked_is_told_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SPREADSHEET_UNPACKED_BYTES", 3 << 20)
    parts = {"before": " " * (2 << 20), "extra": " " * (2 << 20)}
    assert "more than 3 MB" in refusal(written(tmp_path / "a.xlsx", packed.book(**parts)))


def test_a_profile_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p.toml")
    with pytest.raises(UnreadableFile, match="no ordinary file"):
        read_profile(tmp_path / "p.toml")


@contextmanager
def reading(size: int) -> Iterator[list[float]]:
    """How often so many bytes were read by this process within the context."""

    def read() -> int:
        return int(Path("/proc/self/io").read_text().split()[1])

    before, times = read(), []
    yield times
    times.append((read() - before) / size)


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="counts what Linux says was read")
@pytest.mark.parametrize("kind", ["utf-8", "cp950", "gz"])
def test_a_large_file_is_described_in_one_reading_and_loaded_in_another(
    tmp_path: Path, empty_store: Store, kind: str
) -> None:
    rows = "".join(f"A{n},102/1/1,{os.urandom(500).hex()}\n" for n in range(20_000))
    text = f"憑證序號,停用日期,備註\n{rows}"
    content = gzip.compress(text.encode(), 1) if kind == "gz" else text.encode(kind)
    path = written(tmp_path / "a.csv", content)
    with reading(len(content)) as described:
        describe(path, SUSPENSIONS)
    with reading(len(content)) as checked:
        (result,) = load_files(empty_store, "suspensions", path, dry_run=True)
    assert counts(result) == (20_000, 20_000, 0, 0, 0)
    assert described[0] < 1.1
    assert checked[0] < 2.2


@pytest.mark.parametrize(
    ("rows", "tasks"), [(3, ["heads", "rows"]), (99, ["heads", "rows", "rows"])]
)
def test_a_workbook_is_parsed_for_its_head_its_personal_columns_and_its_rows(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    empty_store: Store,
    rows: int,
    tasks: list[str],
) -> None:
    asked, child = [], spreadsheet._child

    def counting(name: str, kind: str, file: object, request: dict[str, object]) -> object:
        asked.append(request["task"])
        return child(name, kind, file, request)  # type: ignore[arg-type]

    monkeypatch.setattr(spreadsheet, "_child", counting)
    cells = [f"{HEADER},x".split(","), *[f"A{n},102/1/1,a@b.tw".split(",") for n in range(rows)]]
    path = xlsx(tmp_path / "a.xlsx", {"a": cells})
    (result,) = load_files(empty_store, "suspensions", path, dry_run=True)
    assert (asked, result.dropped, result.kept) == (tasks, ["x"], rows)
