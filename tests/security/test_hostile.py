"""Each hostile file is refused in one line of each language, or every line of it is accounted for.

Here those that take no time; `make security` loads all of them by the command and measures it.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

from adoption.command import CommandError
from adoption.store import Store, open_store
from etl.mapping.profile import read_profile
from tests.etl.files import load_files
from tests.security.hostile import Hostile, all_hostile

ALL = all_hostile()


def named(hostile: Iterable[Hostile]) -> list[object]:
    return [pytest.param(each, id=f"{each.family}: {each.name}") for each in hostile]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return open_store(f"lake:///{tmp_path_factory.mktemp('hostile')}/store")


def test_there_are_many_and_each_is_the_same_each_time() -> None:
    assert len(ALL) >= 200
    assert len({(each.family, each.name) for each in ALL}) == len(ALL)
    for each in ALL:
        if each.is_quick and each.family in ("gzip", "zip"):
            assert each.content() == each.content()


@pytest.mark.parametrize("hostile", named(each for each in ALL if each.is_quick))
def test_it_is_refused_in_one_line_or_loaded(
    hostile: Hostile, store: Store, tmp_path: Path
) -> None:
    path, profile = tmp_path / "a", tmp_path / "p.toml"
    path.write_bytes(hostile.content())
    profile.write_bytes(hostile.profile)
    try:
        (result,) = load_files(
            store,
            hostile.feed,
            path,
            dry_run=True,
            profile=read_profile(profile) if hostile.profile else None,
        )
    except CommandError as refused:
        lines = [text.splitlines() for text in (refused.zh, refused.en)]
        assert [len(each) for each in lines] == [1, 1]
        assert max(len(line) for each in lines for line in each) < 2_000
    else:
        assert result.adds_up
        assert result.account.adds_up
    assert {path.name for path in tmp_path.iterdir()} == {"a", "p.toml"}
