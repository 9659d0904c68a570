"""Generated dirty files: no row is lost, the same file changes nothing, order does not matter."""

import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st

from adoption.store import Store
from etl.commit.result import FileResult
from etl.history import ledger, replay
from etl.validation.days import day
from etl.validation.values import BadValue, serial
from tests.engines import Engine
from tests.etl.files import CERTIFICATES, counts, kept, load_files
from tests.etl.stores import contents
from tests.soak.size import IS_SOAK, many

# Pairs of files by engine. Others than the embedded one cost more, and have the same code above.
FILES = {
    "lake": many(8, 2000, "SOAK_FILES"),
    "postgresql": many(4, 400, "SOAK_FILES"),
}
PARTS = 4  # of them, each with a seed of its own: so that several processes can share the work
COLUMNS = CERTIFICATES.split(",")

# What offices write under each header: right, doubtful and wrong.
CELLS: dict[str, Sequence[str]] = {
    "統一編號": ["04595257", "4595257", "12345678", "１２３４５６７５", "1234", "", "A2345678"],
    "組織別": ["公司", "行號", "分公司", "其他", "company", "財團法人", ""],
    "縣市": ["臺北市", "台北巿", "桃園縣", "臺 中 市", "東京都", "總計", ""],
    "卡別": ["正卡", "附卡", "primary", "金卡", "=1+1", ""],
    "核發日期": ["97/10/1", "0971001", "2008-10-01", "民國97年10月1日", "97/13/1", "971001", ""],
    "到期日期": ["102/10/1", "1021001", "2013/10/1", "１０２．１０．１", "87/1/1", "永久", ""],
    "終止日期": ["", "", "", "99/1/1", "90/1/1", "-", "NULL"],
    "終止原因": ["", "", "換發", "自行廢止", "不明"],
    "申請換發日期": ["", "", "102/9/1", "102/2/30", "wang@example.com"],
    "換發前序號": ["", "", "A1", "B1", "1.2E+10"],
}


def serials(prefix: str) -> st.SearchStrategy[str]:
    few = st.integers(0, 6).map(lambda number: f"{prefix}{number}")
    odd = st.sampled_from([f" {prefix}7 ", f"{prefix} 8", "", "-", "1.5E+9", f"{prefix}９"])
    return st.one_of(few, few, few, odd)


def good_or(bad: Sequence[str]) -> st.SearchStrategy[str]:
    """More often right than wrong, so that rows with nothing wrong are not rare."""
    return st.one_of(st.just(bad[0]), st.just(bad[0]), st.sampled_from(bad))


def rows(prefix: str) -> st.SearchStrategy[list[str]]:
    whole = st.tuples(serials(prefix), *[good_or(CELLS[name]) for name in COLUMNS[1:]]).map(list)
    odd_length = st.tuples(whole, st.integers(-10, 3)).map(
        lambda drawn: drawn[0][: drawn[1]] if drawn[1] < 0 else drawn[0] + ["x"] * drawn[1]
    )
    strange = st.tuples(whole, st.integers(1, 10), st.text("\"', \n=喆𠮷\u3000", max_size=6)).map(
        lambda drawn: [*drawn[0][: drawn[1]], drawn[2], *drawn[0][drawn[1] + 1 :]]
    )
    # One empty cell is written as two quotes: neither blank nor a row, so not compared here.
    return st.one_of(whole, whole, whole, odd_length, strange, st.just([]), st.just([""] * 11)).map(
        lambda cells: [] if cells == [""] else cells
    )


def files(prefix: str) -> st.SearchStrategy[list[list[str]]]:
    return st.lists(rows(prefix), max_size=25)


def written(path: Path, body: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text, lineterminator="\n").writerows([COLUMNS, *body])
    return path


def numbered(path: Path) -> list[tuple[int, list[str]]]:
    """The rows that hold anything, by the standard library's reader, numbered from 1."""
    with path.open(encoding="utf-8", newline="") as text:
        every = list(enumerate(csv.reader(text), 1))[1:]
    return [
        (number, cells) for number, cells in every if any(cells) or len(cells) not in (0, 1, 11)
    ]


def check_nothing_is_missing(store: Store, path: Path, result: FileResult) -> None:
    """Every row that the file has is in the store under its key, or among the rejects.

    Or it is told to be no record: of those that are generated here only one with nothing but a day,
    and one for a total with neither serial, day nor code.
    """
    told = {row["row"] for row in result.skipped_rows}
    assert len(told) == result.skipped
    every = numbered(path)
    inside = [(number, cells) for number, cells in every if number not in told]
    for number, cells in every:
        if number in told:
            assert "總計" in cells or day("".join(cells))
    assert result.read == len(inside) == len(every) - len(told)
    assert result.read == result.kept + result.unchanged + result.duplicate + result.rejected
    refused = {r["row"]: r["text"] for r in ledger.list_rejects(store) if r["file"] == path.name}
    assert len(refused) == result.rejected
    assert set(refused) <= {number for number, _ in inside}
    known = {row[0] for row in kept(store, "certificates", "serial")}
    for number, cells in inside:
        if number not in refused:
            assert serial(cells[0]) in known
    accepted = [serial(cells[0]) for number, cells in inside if number not in refused]
    assert len(accepted) - len(set(accepted)) == result.duplicate
    for number, cells in inside:
        if number in refused and len(cells) == len(COLUMNS) and "@" not in "".join(cells):
            assert list(refused[number].values()) == cells


def apart_from_loads(store: Store) -> dict[str, list[tuple[object, ...]]]:
    found = contents(store, "load_id", "file_number")
    return {name: rows for name, rows in found.items() if name not in ("loads", "source_files")}


@pytest.mark.parametrize("part", range(PARTS))
def test_conservation_idempotence_and_order(engine: Engine, part: int) -> None:
    tried = 0

    @seed(20130924 + part)
    @settings(
        max_examples=FILES[engine.name] // PARTS,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # making a failing pair of files smaller takes minutes
        suppress_health_check=list(HealthCheck),
    )
    @given(files("A"), files("B"))
    def check(first: list[list[str]], second: list[list[str]]) -> None:
        # The same bytes are the same file, whatever it is called; two files are two.
        assume(first != second)
        check_pair(engine, first, second)
        nonlocal tried
        tried += 1

    check()
    print(f"\npairs of files on {engine.name}: {tried}")


def check_pair(engine: Engine, first: list[list[str]], second: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        a, b = written(folder / "a.csv", first), written(folder / "b.csv", second)
        store = engine.new(folder)
        result = load_files(store, "certificates", a)[0]
        check_nothing_is_missing(store, a, result)
        check_nothing_is_missing(store, b, load_files(store, "certificates", b)[0])
        before = apart_from_loads(store)
        # The same file again changes nothing: not a record, not a reject.
        again = load_files(store, "certificates", a)[0]
        kept_at_first = result.kept + result.unchanged
        assert counts(again) == (result.read, 0, kept_at_first, result.duplicate, result.rejected)
        assert apart_from_loads(store) == before
        # Files with other keys in the other order give the same, and so does one load of both.
        other = engine.new(folder / "other")
        load_files(other, "certificates", b, a)
        assert apart_from_loads(other) == before
        if IS_SOAK:
            whole = contents(store)
            replay.rebuild(store)
            assert contents(store) == whole
        store.close()
        other.close()
        engine.clear()


def test_the_generated_files_are_dirty_enough() -> None:
    """Of the cells above, some are refused and some are not: the test above can fail."""
    for texts in CELLS.values():
        assert len(set(texts)) > 2
    for text, is_good in (("A1", True), (" A7 ", True), ("A 8", False), ("1.5E+9", False)):
        try:
            assert bool(serial(text)) == is_good
        except BadValue:
            assert not is_good
