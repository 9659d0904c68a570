"""Profiles that people made by saying whose column is which: kept beside the records.

A file that has all headers which such a profile reads is read by it without being asked again; the
load says so (source_file.py).
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from adoption.command import CommandError
from adoption.store import Store
from etl.mapping.feeds import Feed
from etl.mapping.profile import Profile, parse_profile, profiles_in

MOST_TITLE = 80


def profiles_folder(store: Store) -> Path:
    """Raises CommandError for a store whose URL names no folder."""
    if store.folder is None:
        raise CommandError(
            f"{store.url}：網址沒有寫明設定檔放哪裡；請加上 &folder=資料夾",
            f"{store.url}: the URL does not say where profiles are kept; add &folder=FOLDER",
        )
    return store.folder / "profiles"


def kept_profiles(store: Store) -> list[Profile]:
    """The newest first; none for a store without a folder."""
    if store.folder is None:
        return []
    folder = profiles_folder(store)

    def age(profile: Profile) -> float:
        return -(folder / profile.name).stat().st_mtime_ns

    return sorted(profiles_in(folder), key=age)


def keep_profile(
    store: Store, feed: Feed, title: str, columns: Mapping[str, str], instead_of: str | None = None
) -> Profile:
    """Keep which header each column of `feed` is, under a title; one of that title is replaced.

    `instead_of`: the name of the profile that the file was read by until now. It goes, whatever its
    title: where it reads more headers it would be preferred.
    """
    folder = profiles_folder(store)
    profile = parse_profile(profile_text(feed, title, columns), _file_name(feed, title))
    folder.mkdir(parents=True, exist_ok=True)
    write_profile(folder / profile.name, profile.text)
    if instead_of and instead_of != profile.name:
        (folder / instead_of).unlink(missing_ok=True)
    return profile


def write_profile(path: Path, text: str) -> None:
    """In one step: a reader finds the old text or the new. Raises CommandError."""
    draft = path.with_name(f"{path.name}.new")
    try:
        draft.write_text(text, "utf-8", newline="\n")
        draft.replace(path)
    except OSError as error:
        raise CommandError(
            f"{path}：寫不進去（{error.strerror}）；請換一個位置",
            f"{path}: cannot be written ({error.strerror}); give another place",
        ) from error


def profile_text(feed: Feed, title: str, columns: Mapping[str, str]) -> str:
    """A profile in TOML; `columns` is column of the feed -> header."""
    shown = " ".join(title.split())[:MOST_TITLE]
    lines = [f"feed = {_quoted(feed.name)}", f"title = {_quoted(shown)}", "", "[columns]"]
    lines += [f"{column} = {_quoted(header)}" for column, header in columns.items()]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A string of TOML: its escapes are those of JSON, and DEL is one more that must be."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _file_name(feed: Feed, title: str) -> str:
    words = re.sub(r"[^\w-]+", "-", title).strip("-")[:60] or "profile"
    return f"{feed.name}-{words}.toml"
