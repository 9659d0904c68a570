"""The lake's data files on a disk: safe before a commit counts on them, sound when they are read.

DuckLake's files have no checksums of their own. Each commit carries those of the files that it
brings, so a file that is missing, cut short or overwritten is noticed before a number comes of it.
In a bucket, the object store sees to both.
"""

import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from adoption.store.catalog import flush, flush_folder
from adoption.store.errors import damaged

_PIECE = 1 << 22


def crc_of(path: Path) -> int:
    found = 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found = zlib.crc32(piece, found)
    return found


class NewFiles:
    """What a transaction writes below the lake's folder."""

    def __init__(self, folder: Path | None) -> None:
        """`folder`: the lake's data; None in a bucket."""
        self._folder = folder
        self._before = set(self._files())

    def _files(self) -> Iterable[Path]:
        return self._folder.glob("*/*/*.parquet") if self._folder else ()

    def kept_safe(self) -> dict[str, int]:
        """Name -> checksum of every new file, now on the disk for good."""
        new = [path for path in self._files() if path not in self._before]
        for path in new:
            flush(path)
        # Each table's, the lake's, and those in which these may have just been made.
        for folder in {parent for path in new for parent in path.parents[:5]}:
            flush_folder(folder)
        return {path.name: crc_of(path) for path in new}


class SoundFiles:
    """Remembers which files were found to be what was written; each is read once in a process."""

    def __init__(self) -> None:
        self._sound: dict[str, tuple[int, int]] = {}

    def check(
        self, paths: Iterable[tuple[str, int]], extras: Callable[[], Iterable[Mapping[str, Any]]]
    ) -> None:
        """`paths`: each with its stated size. `extras`: what the commits carry.

        Raises DamagedError that names the file.
        """
        unknown: list[tuple[str, int]] = []
        for path, size in paths:
            try:
                found = Path(path).stat()
            except OSError as error:
                raise damaged(path, str(error.strerror)) from error
            if found.st_size != size:
                raise damaged(path, f"{found.st_size:,} / {size:,} bytes")
            if self._sound.get(path) != (found.st_size, found.st_mtime_ns):
                unknown.append((path, found.st_mtime_ns))
        if not unknown:
            return
        known: dict[str, int] = {}
        for extra in extras():
            known.update(extra.get("files", {}))
        for path, changed in unknown:
            stated_crc = known.get(Path(path).name)
            if stated_crc is not None and crc_of(Path(path)) != stated_crc:
                raise damaged(path, "checksum")
            self._sound[path] = (Path(path).stat().st_size, changed)
