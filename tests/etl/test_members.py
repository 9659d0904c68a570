"""A zip with several files of records in it: each is one file of the load."""

import json
import zipfile
from pathlib import Path

import pytest

from adoption.command import CommandError
from adoption.jobs.job import Request, jobs_folder, new_job
from adoption.jobs.work import run
from adoption.store import Store
from etl.files import limits
from etl.files.members import members
from etl.mapping.headers import UnreadableFile
from tests.etl.files import NOW, UNITS, kept, write
from tests.etl.test_command import Outcome
from tests.etl.workbooks import gzipped, xlsx, zipped

SUSPENSIONS = "憑證序號,停用日期"


def archive(path: Path, **entries: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name.replace("__", "."), content)
    return path


def test_each_is_a_file_of_the_load(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = archive(
        tmp_path / "月報.zip",
        一月__csv=f"{SUSPENSIONS}\nA1,102/1/1\n",
        二月__json=json.dumps([{"serial": "A2", "suspended_on": "102/2/1"}]),
        readme__md="說明",
    )
    store = f"lake:///{tmp_path}/store"
    first, second = Outcome(capsys, "load", "suspensions", path, "--store", store, "--json").json
    assert [r["file"] for r in (first, second)] == ["月報.zip > 一月.csv", "月報.zip > 二月.json"]
    assert [(r["format"], r["read"], r["load"]) for r in (first, second)] == [
        ("csv", 1, 1),
        ("json", 1, 1),
    ]


def test_each_is_of_the_feed_that_its_header_says(tmp_path: Path, empty_store: Store) -> None:
    book = xlsx(tmp_path / "b.xlsx", {"a": [SUSPENSIONS.split(","), ["A1", "102/1/1"]]})
    path = archive(
        tmp_path / "a.zip",
        停用__xlsx=book.read_bytes(),
        單位__csv=f"{UNITS}\nM01,經濟部商業司,ministry,government\n",
    )
    folder = jobs_folder(empty_store)
    request = Request(kind="load", store=empty_store.url, by="商業司")
    job = new_job(folder, request, [("月報.zip", path.read_bytes())], NOW)
    run(job, NOW)
    assert job.status.state == "done"
    assert [(f["file"], f["feed"]) for f in job.result("load")["files"]] == [
        ("月報.zip > 單位.csv", "units"),
        ("月報.zip > 停用.xlsx", "suspensions"),
    ]
    assert kept(empty_store, "suspensions", "serial") == [("A1",)]
    assert not list(job.folder.glob("*/*"))  # what was unpacked is gone


def test_what_is_wrong_is_said_of_the_file_by_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = archive(tmp_path / "a.zip", a__csv=f"{SUSPENSIONS}\nA1,1\n", b__csv="x,y\n1,2\n")
    said = Outcome(
        capsys, "load", "suspensions", path, "--store", f"lake:///{tmp_path}/store", "--lang", "en"
    )
    assert (said.code, len(said.err)) == (2, 1)
    assert "a.zip > b.csv: read as suspensions, columns missing" in said.err[0]


def test_other_files_are_taken_as_they_are(tmp_path: Path) -> None:
    plain = write(tmp_path / "a.csv", SUSPENSIONS, "A1,102/1/1")
    book = xlsx(tmp_path / "b.xlsx", {"a": [["1"]]})
    for path in (plain, book, gzipped(plain), zipped(plain), tmp_path / "none"):
        with members([path]) as (paths, names):
            assert (paths, names) == ([path], [path.name])


def test_limits_on_what_comes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zeros = b"A1,102/1/1\n" * 4_000_000
    bomb = archive(tmp_path / "a.zip", a__csv=zeros, b__csv=zeros)
    with pytest.raises(UnreadableFile, match="MB when unpacked"), members([bomb]):
        pass
    plain = write(tmp_path / "a.csv", SUSPENSIONS)
    nested = archive(tmp_path / "b.zip", a__csv=zipped(plain).read_bytes(), b__csv="x")
    with (
        pytest.raises(UnreadableFile, match="a packed file within a packed file"),
        members([nested]),
    ):
        pass
    monkeypatch.setattr(limits, "MEMBERS", 1)
    two = archive(tmp_path / "c.zip", a__csv="x", b__csv="y")
    with pytest.raises(UnreadableFile, match="at most 1 are read at once"), members([two]):
        pass


def test_without_room_to_unpack_it_says_so(tmp_path: Path) -> None:
    two = archive(tmp_path / "c.zip", a__csv="x", b__csv="y")
    with (
        pytest.raises(CommandError, match=r"c\.zip: no room to unpack it"),
        members([two], into=tmp_path / "none"),
    ):
        pass
