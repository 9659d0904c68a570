"""Versions: what is kept of each publication, what changed between two, and what whole feeds take
back."""

import json
import random
from datetime import date
from pathlib import Path

import pytest

from adoption.command import CommandError
from adoption.store import EMPTY_VERSION, Store, upkeep
from adoption.store.schema import INTERNAL
from etl.history import ledger, replay
from tests.etl.files import CERTIFICATES, certificate, kept, load_files, write
from tests.etl.stores import contents
from tests.etl.test_command import Outcome
from tests.etl.test_replay import LATER
from tests.soak.size import many

# More than it takes for small files to be put together.
STEPS = many(18, 40)


def serials(store: Store) -> list[str]:
    return [serial for (serial,) in kept(store, "certificates", "serial")]


def file_of(folder: Path, *serials: str, **changes: str) -> Path:
    name = "-".join(serials)[:30] + "".join(changes.values()).replace("/", "")
    rows = [certificate(serial, **changes) for serial in serials]
    return write(folder / f"{name}.csv", CERTIFICATES, *rows)


def test_a_version_says_what_made_it(any_store: Store, tmp_path: Path) -> None:
    load_files(any_store, "certificates", file_of(tmp_path, "A"), received=date(2013, 6, 28))
    load_files(any_store, "certificates", file_of(tmp_path, "B"), received=date(2013, 6, 28))
    replay.revert(any_store, [1, 2], by="chief", now=LATER)
    revert, second, first = any_store.versions()
    assert [v.number for v in (revert, second, first)] == [3, 2, 1]
    assert (first.publication.kind, first.publication.loads) == ("load", (1,))
    assert (revert.publication.kind, revert.publication.loads) == ("revert", (1, 2))
    assert (revert.publication.by, revert.publication.received) == ("chief", date(2013, 10, 2))
    assert [v.rows["certificates"] for v in (revert, second, first)] == [0, 2, 1]
    assert any_store.known_on(date(2013, 6, 27)) == EMPTY_VERSION
    assert any_store.known_on(date(2013, 6, 28)) == second.name
    assert any_store.known_on(date(2013, 10, 1)) == second.name
    assert any_store.known_on(date(2013, 10, 2)) == revert.name


@pytest.mark.parametrize(
    ("option", "day", "said"),
    [
        ("received", date(2013, 6, 27), "before that of an earlier publication"),
        ("received", date(2013, 10, 2), "after the day of loading"),
        ("cut_off", date(2013, 10, 2), "after the day of loading"),
    ],
)
def test_days_that_cannot_be(
    empty_store: Store, tmp_path: Path, option: str, day: date, said: str
) -> None:
    load_files(empty_store, "certificates", file_of(tmp_path, "A"), received=date(2013, 6, 28))
    with pytest.raises(CommandError, match=said):
        load_files(empty_store, "certificates", file_of(tmp_path, "B"), **{option: day})
    assert serials(empty_store) == ["A"]
    assert len(empty_store.versions()) == 1


def test_several_loads_are_taken_back_in_one_publication(any_store: Store, tmp_path: Path) -> None:
    for name in ("A", "B", "C", "D"):
        load_files(any_store, "certificates", file_of(tmp_path, name))
    replay.revert(any_store, [2, 4], by="chief", now=LATER)
    assert serials(any_store) == ["A", "C"]
    assert len(any_store.versions()) == 5


def test_what_changed_between_versions(any_store: Store, tmp_path: Path) -> None:
    load_files(any_store, "certificates", file_of(tmp_path, "A", "B", "C"))
    load_files(any_store, "certificates", file_of(tmp_path, "B", 縣市="高雄市"))
    load_files(any_store, "certificates", file_of(tmp_path, "D"))
    replay.revert(any_store, [1], by="chief", now=LATER)
    fourth, third, second, first = (version.name for version in any_store.versions())
    found = [change.as_json() for change in any_store.changes(first, third)]
    assert [(c["change"], c["key"]) for c in found] == [
        ("changed", {"serial": "B"}),
        ("came", {"serial": "D"}),
    ]
    changed, came = found
    assert (changed["before"]["county"], changed["after"]["county"]) == ("臺北市", "高雄市")
    assert next(iter(changed["after"])) == "serial"
    assert changed["after"]["issued_on"] == "2008-10-01"
    assert came["before"] is None
    assert list(any_store.changes(second, second)) == []
    # Backwards, what came goes.
    back = [(c.change, c.key["serial"]) for c in any_store.changes(third, first)]
    assert back == [("changed", "B"), ("went", "D")]
    gone = [(c.change, c.key["serial"]) for c in any_store.changes(third, fourth)]
    assert gone == [("went", "A"), ("went", "C")]
    assert any_store.change_counts(EMPTY_VERSION, first)["certificates"] == {
        "came": 3,
        "changed": 0,
        "went": 0,
    }


def test_changes_are_those_of_the_tables(
    empty_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On random histories, compaction included: what two versions hold, compared row by row."""
    monkeypatch.setattr(upkeep, "_REWRITES", ((6, 0.1),))
    rng, held = random.Random(7), []
    for step in range(STEPS):
        names = rng.sample([f"S{n:02}" for n in range(12)], rng.randint(1, 8))
        path = file_of(tmp_path, *names, 縣市=rng.choice(("臺北市", "高雄市", "新北市")))
        load_files(empty_store, "certificates", path, whole=step % 4 == 3, most_taken_back=1.0)
        with empty_store.at(empty_store.version) as reader:
            held.append({row[0]: row for row in contents(reader, *INTERNAL)["certificates"]})
    versions = [version.name for version in reversed(empty_store.versions())]
    for _ in range(many(6, 200)):
        before, after = rng.randrange(STEPS), rng.randrange(STEPS)
        expected = {
            (
                "came" if key not in held[before] else
                "went" if key not in held[after] else "changed",
                key,
            )
            for key in held[before].keys() | held[after].keys()
            if held[before].get(key) != held[after].get(key)
        }  # fmt: skip
        changes = empty_store.changes(versions[before], versions[after])
        assert {(c.change, c.key["serial"]) for c in changes} == expected


def test_files_of_which_rows_are_gone_are_written_anew(
    empty_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each load changes a row of the one before, so that no file is without deletes."""
    monkeypatch.setattr(upkeep, "_REWRITES", ((6, 0.1),))
    for number in range(14):
        year, month = 93 + number // 2, 1 + 6 * (number % 2)
        renewed = {"核發日期": f"{year}/{month}/1", "到期日期": f"{year}/{month + 5}/28"}
        rows = [
            certificate(f"A{number}", **renewed),
            certificate(f"B{number}", 統一編號="22099131"),
        ]
        load_files(empty_store, "certificates", write(tmp_path / "c.csv", CERTIFICATES, *rows))
    assert empty_store._catalog.small_files(1 << 30)["certificates"] <= 10  # 15 without
    for number, version in enumerate(reversed(empty_store.versions()), 1):
        with empty_store.at(version.name) as reader:
            assert len(contents(reader)["certificates"]) == 2 * number


def test_a_whole_feed_takes_back_what_it_lacks(any_store: Store, tmp_path: Path) -> None:
    names = [f"S{number:03}" for number in range(40)]
    load_files(any_store, "certificates", file_of(tmp_path, *names))
    path = write(
        tmp_path / "whole.csv",
        CERTIFICATES,
        *[certificate(name) for name in names[2:]],
        certificate(names[1], 卡別="?"),  # refused, yet in the file
    )
    (result,) = load_files(any_store, "certificates", path, whole=True)
    assert (result.taken_back, result.taken_back_keys) == (1, [{"serial": "S000"}])
    assert serials(any_store) == names[1:]
    entry = next(ledger.list_loads(any_store))
    assert (entry["whole"], entry["taken_back"]) == (True, 1)
    # And again when the loads are done again.
    before = contents(any_store)
    replay.rebuild(any_store)
    assert contents(any_store) == before
    untold = write(tmp_path / "untold.csv", CERTIFICATES, *map(certificate, names[2:]), "S001,?")
    with pytest.raises(CommandError, match="nobody can tell what record they are"):
        load_files(any_store, "certificates", untold, whole=True)
    few = file_of(tmp_path, *names[10:])
    with pytest.raises(CommandError, match="lack 9 of 39 rows, more than 5%"):
        load_files(any_store, "certificates", few, whole=True)
    assert contents(any_store) == before
    load_files(any_store, "certificates", few, whole=True, most_taken_back=1.0)
    assert serials(any_store) == names[10:]


def test_a_successor_that_is_taken_back_leaves_its_predecessor_unrenewed(
    empty_store: Store, tmp_path: Path
) -> None:
    new = certificate("NEW", 核發日期="102/9/1", 到期日期="107/9/1")
    both = write(tmp_path / "a.csv", CERTIFICATES, certificate("OLD"), new)
    load_files(empty_store, "certificates", both)
    renewed = ("OLD", date(2013, 9, 1))
    assert renewed in kept(empty_store, "certificates", "serial", "renewed_on")
    one = write(tmp_path / "b.csv", CERTIFICATES, certificate("OLD"))
    load_files(empty_store, "certificates", one, whole=True, most_taken_back=1.0)
    assert kept(empty_store, "certificates", "serial", "renewed_on") == [("OLD", None)]


def test_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADOPTION_STORE", f"lake:///{tmp_path}/store")
    monkeypatch.setenv("ADOPTION_LANG", "en")
    for number, name in enumerate("AB"):
        day = f"2013-0{number + 6}-28"
        loaded = Outcome(capsys, "load", "certificates", file_of(tmp_path, name), "--received", day)
        assert loaded.code == 0
    listed = Outcome(capsys, "versions", "--json").json
    assert [(v["version"], v["received"], v["loads"]) for v in listed] == [
        (2, "2013-07-28", [2]),
        (1, "2013-06-28", [1]),
    ]
    assert Outcome(capsys, "changes").out == ["certificates: came 1, changed 0, went 0"]
    (change,) = json.loads("\n".join(Outcome(capsys, "changes", "1", "2", "--json").out))
    assert (change["change"], change["key"]) == ("came", {"serial": "B"})
    assert list(change) == ["feed", "change", "key", "before", "after"]
    assert json.loads("".join(Outcome(capsys, "changes", "2", "2", "--json").out)) == []
    for arguments in (("9", "1"), ("1",)):
        assert Outcome(capsys, "changes", *arguments).code == 2
    assert Outcome(capsys, "revert", "1", "2").code == 0
    assert Outcome(capsys, "maintain").code == 0
    assert len(Outcome(capsys, "versions").out) == 3
