"""Columns about persons are dropped before anything is kept, whatever their headers; no others."""

import csv
import random
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from adoption.store import Store, open_store
from etl.commit.result import FileResult
from etl.history import ledger, replay
from etl.mapping.headers import plain
from etl.mapping.personal_cells import looks_personal
from etl.mapping.personal_headers import is_personal_header
from tests.etl import personal_columns as corpus
from tests.etl.files import CERTIFICATES, certificate, load_files
from tests.etl.personal_columns import HARMLESS, PERSONAL, ROWS, columns
from tests.etl.stores import contents
from tests.etl.workbooks import xlsx

SEED = 102


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"lake:///{tmp_path}/store")


def table(extra: dict[str, list[str]], rows: int = ROWS) -> list[list[str]]:
    """Certificates, every tenth refused, with more columns in between."""
    own = CERTIFICATES.split(",")
    cells = [certificate(f"A{n}", 卡別="?" if n % 10 == 0 else "正卡") for n in range(rows)]
    body = [
        [*row.split(",")[:3], *(column[number] for column in extra.values()), *row.split(",")[3:]]
        for number, row in enumerate(cells)
    ]
    return [[*own[:3], *extra, *own[3:]], *body]


def written(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def all_that_is_kept(store: Store) -> str:
    """The archive and every table, as text."""
    folder = store.folder / "archive"  # type: ignore[operator]
    files = [path.read_bytes().decode("utf-8", "replace") for path in folder.iterdir()]
    return "".join([*files, repr(contents(store))])


def load_with(store: Store, tmp_path: Path, extra: dict[str, list[str]]) -> FileResult:
    return load_files(store, "certificates", written(tmp_path / "a.csv", table(extra)))[0]


def test_of_200_columns_about_persons_none_gets_through(tmp_path: Path, store: Store) -> None:
    """Under headers that say nothing: only the cells tell."""
    extra = {f"欄{n}": column for n, column in enumerate(columns(PERSONAL, 200, SEED))}
    result = load_with(store, tmp_path, extra)
    assert set(extra) - set(result.dropped) == set()
    assert (result.rejected, result.kept) == (6, 54)
    kept = all_that_is_kept(store)
    assert [cell for column in extra.values() for cell in column if cell and cell in kept] == []
    before = contents(store)
    assert replay.rebuild(store).changed == []
    assert contents(store) == before


def test_of_200_harmless_columns_none_is_dropped(tmp_path: Path, store: Store) -> None:
    extra = {f"欄{n}": column for n, column in enumerate(columns(HARMLESS, 200, SEED))}
    result = load_with(store, tmp_path, extra)
    assert result.dropped == []
    assert set(result.ignored) == set(extra)


@pytest.mark.parametrize("seed", range(5))
def test_other_seeds_fare_alike(seed: int) -> None:
    assert all(map(looks_personal, columns(PERSONAL, 200, seed)))
    assert not any(map(looks_personal, columns(HARMLESS, 200, seed)))


def test_headers_about_persons_are_known_by_name() -> None:
    assert [h for h in corpus.PERSONAL_HEADERS if not is_personal_header(plain(h))] == []
    assert [h for h in corpus.HARMLESS_HEADERS if is_personal_header(plain(h))] == []


def test_a_column_that_the_feed_needs_is_never_dropped(tmp_path: Path, store: Store) -> None:
    names = columns({"name": PERSONAL["name"]}, 1, SEED)[0][:5]
    rows = [["unit_code", "name", "side", "sector"]]
    rows += [[f"U{n}", name, "外部", "民間"] for n, name in enumerate(names)]
    result = load_files(store, "units", written(tmp_path / "u.csv", rows))[0]
    assert (result.dropped, result.kept) == ([], 5)


def late(rows: int) -> list[str]:
    """Codes, and names in the last tenth only: a file that was put together from two."""
    dice = random.Random(SEED)
    codes = [f"C{number:05}" for number in range(rows - rows // 10)]
    return codes + [PERSONAL["name"](dice) for _ in range(rows // 10)]


@pytest.mark.parametrize("ending", ["csv", "big5.csv", "utf16.csv", "xlsx", "parquet"])
def test_names_that_only_later_rows_show_are_seen(
    tmp_path: Path, store: Store, ending: str
) -> None:
    rows = table({"代碼": late(3_000)}, 3_000)
    path = tmp_path / f"a.{ending}"
    if ending == "xlsx":
        xlsx(path, {"清冊": rows})
    elif ending == "parquet":
        header, *body = rows
        parquet.write_table(pa.table([list(c) for c in zip(*body, strict=True)], header), path)
    else:
        encoding = {"big5.csv": "cp950", "utf16.csv": "utf-16"}.get(ending, "utf-8")
        written(path, rows, encoding)
    result = load_files(store, "certificates", path)[0]
    assert result.dropped == ["代碼"]
    (name, *_) = late(3_000)[-1:]
    assert name not in all_that_is_kept(store)
    assert "代碼" not in next(ledger.list_rejects(store))["text"]


def test_a_large_file_is_judged_from_its_beginning_to_its_end(tmp_path: Path, store: Store) -> None:
    """Longer than all of it that is looked at."""
    count = 30_000
    rows = table({"代碼": late(count), "摘要": ["x" * 180] * count}, count)
    path = written(tmp_path / "a.csv", rows)
    assert path.stat().st_size > 6 << 20
    assert load_files(store, "certificates", path)[0].dropped == ["代碼"]


@pytest.mark.parametrize("column", [["姓名", "?"], ["誰", "王小明"], ["誰", "0912-345-678"]])
def test_a_sheet_that_is_not_read_is_not_kept_with_persons_on_it(
    tmp_path: Path, store: Store, column: list[str]
) -> None:
    path = xlsx(
        tmp_path / "a.xlsx", {"清冊": table({}), "通訊錄": [["序", column[0]], ["1", column[1]]]}
    )
    result = load_files(store, "certificates", path)[0]
    assert result.unread_sheets == ["通訊錄"]
    (entry,) = ledger.list_loads(store)
    assert entry["archived"] != entry["sha256"]
    assert column[1] not in all_that_is_kept(store) or column[1] == "?"
    assert replay.rebuild(store).changed == []


def test_a_few_rows_are_enough() -> None:
    assert looks_personal(["王小明"])
    assert looks_personal(["王小明", "李大同", "陳美"])
    assert looks_personal(["0912-345-678"])
    assert not looks_personal(["", None, "-", "無"])
    assert not looks_personal(["高雄市", "金門縣", "連江縣"])
    assert not looks_personal(["方案一", "方案二", "方案三"])


def test_a_long_cell_costs_no_time() -> None:
    assert not looks_personal(["0" * 1_000_000, "路" * 1_000_000, "-" * 1_000_000])
