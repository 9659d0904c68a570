"""A second header below the first, and a second table beside it: never read under the first."""

from pathlib import Path
from shutil import copy

import pytest

from adoption.store import Store, open_store
from etl.mapping.headers import UnreadableFile
from tests.etl.cases import CASES
from tests.etl.files import counts, load_files, write
from tests.etl.workbooks import xlsx

HEADER = "憑證序號,停用日期,復用日期"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"lake:///{tmp_path}/store")


def refused(store: Store, path: Path, feed: str = "suspensions") -> str:
    with pytest.raises(UnreadableFile) as refusal:
        load_files(store, feed, path)
    return refusal.value.en


@pytest.mark.parametrize("again", [HEADER, "卡號,停用日期,復用日期", "憑證序號,停用日期,"])
def test_the_same_header_again_is_skipped(tmp_path: Path, store: Store, again: str) -> None:
    path = write(tmp_path / "a.csv", HEADER, "A1,102/1/1,", again, "A2,102/1/1,102/2/1")
    result = load_files(store, "suspensions", path)[0]
    assert counts(result) == (2, 2, 0, 0, 0)
    assert [(row["row"], row["why"]) for row in result.skipped_rows] == [(3, "repeated_header")]


@pytest.mark.parametrize(
    "other",
    [
        "憑證序號,復用日期,停用日期",
        "停用日期,憑證序號,復用日期",
        "復用日期,憑證序號,備註",
        "序號,停用日期,復用日期,備註",  # one column more
        "停用日期,憑證序號",
    ],
)
def test_a_header_of_other_columns_is_refused(tmp_path: Path, store: Store, other: str) -> None:
    path = write(tmp_path / "a.csv", HEADER, "A1,102/1/1,", "", other, "A2,102/1/1,102/2/1")
    assert "row 4 is a header again" in refused(store, path)
    assert not store.versions()


def test_a_word_that_is_a_header_elsewhere_is_a_record_to_mend(
    tmp_path: Path, store: Store
) -> None:
    path = write(tmp_path / "a.csv", HEADER, "A1,102/1/1,", "A2,序號,")
    assert counts(load_files(store, "suspensions", path)[0]) == (2, 1, 0, 0, 1)


def test_two_tables_side_by_side(tmp_path: Path, store: Store) -> None:
    path = copy(CASES / "F08-tables-side-by-side" / "side.xlsx", tmp_path)
    assert "統計月份, 縣市, 組織別, 家數 come twice" in refused(store, Path(path), "entities")
    other = xlsx(tmp_path / "b.xlsx", {"a": [["月份", "縣市", "組織別", "家數", None, "統計月份"]]})
    assert "“月份” and “統計月份” both mean month" in refused(store, other, "entities")
