"""A zip with several files of records in it: each is unpacked and is one file of the load."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from adoption.command import CommandError
from etl.files import limits
from etl.files.compression import Zip, kind_of, unpacked_limit
from etl.mapping.headers import UnreadableFile


@contextmanager
def members(
    paths: Sequence[Path], names: Sequence[str] | None = None, into: Path | None = None
) -> Iterator[tuple[list[Path], list[str]]]:
    """The files of `paths` and what they are called, with those in a zip of several in its place.

    They are there until the context ends, in a folder of their own within `into` (by default where
    temporary files are). Raises UnreadableFile; errors of the context say what a file is called,
    not where it lies.
    """
    called = list(names) if names is not None else [path.name for path in paths]
    with ExitStack() as stack:

        @cache
        def folder() -> Path:  # only where it is needed: a disk may be full
            made = TemporaryDirectory(prefix="members-", dir=into)
            return Path(stack.enter_context(made))

        found: list[tuple[Path, str]] = []
        for path, name in zip(paths, called, strict=True):
            found += _unpacked(path, name, folder) or [(path, name)]
        try:
            yield [path for path, _ in found], [name for _, name in found]
        except CommandError as error:
            for path, name in found:
                if path not in paths:
                    error.zh = error.zh.replace(path.name, name)
                    error.en = error.en.replace(path.name, name)
            raise


def _unpacked(path: Path, name: str, folder: Callable[[], Path]) -> list[tuple[Path, str]]:
    """The files in a zip of several; none for any other file, whatever is wrong with it."""
    if not path.is_file():
        return []
    try:
        with path.open("rb") as file:
            if file.read(4) != b"PK\x03\x04":
                return []
            with closing(Zip(name, file, path.stat().st_size)) as archive:
                if archive.kind != "zip" or len(archive.data_entries()) < 2:
                    return []
                return _files(archive, folder)
    except PermissionError:
        return []  # said where it is read


def _files(archive: Zip, folder: Callable[[], Path]) -> list[tuple[Path, str]]:
    places = archive.data_entries()
    if len(places) > limits.MEMBERS:
        raise UnreadableFile(
            f"{archive.name}：裡面有 {len(places):,} 個資料檔，一次最多 {limits.MEMBERS} 個；"
            "請分成幾個壓縮檔",
            f"{archive.name}: {len(places):,} files of records in it, at most {limits.MEMBERS} are "
            "read at once; split it",
        )
    most, size, found = unpacked_limit(archive.packed_bytes), 0, []
    for place in places:
        try:
            # No name from inside an archive is used as a path.
            path = folder() / f"member-{place}-{secrets.token_hex(4)}"
            with path.open("wb") as file:
                for chunk in archive.unpacked(place, most, size):
                    size += len(chunk)
                    file.write(chunk)
        except OSError as error:
            raise _no_room(archive.name, error) from error
        _refuse_nested(archive, path)
        found.append((path, f"{archive.name} > {archive.shown(place)}"))
    return found


def _no_room(name: str, error: OSError) -> CommandError:
    return CommandError(
        f"{name}：沒有地方解壓縮（{error.strerror}）；磁碟可能滿了，請清出空間，或先自行解開再載入",
        f"{name}: no room to unpack it ({error.strerror}); the disk may be full: make room, or "
        "unpack it yourself and load the files",
    )


def _refuse_nested(archive: Zip, path: Path) -> None:
    with path.open("rb") as file:
        kind = kind_of(archive.name, file.read(16))
        file.seek(0)
        if kind == "zip":
            with closing(Zip(archive.name, file, path.stat().st_size)) as inner:
                kind = inner.kind
    if kind in ("zip", "gz"):
        raise UnreadableFile(
            f"{archive.name}：壓縮檔裡還有壓縮檔；請解開後再載入",
            f"{archive.name}: a packed file within a packed file; unpack it and load that",
        )
