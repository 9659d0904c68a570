"""Keeping a lake small and quick: files merged, files and versions that nobody needs removed."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from adoption.store.catalog import Catalog
from adoption.store.datafiles import NewFiles
from adoption.store.engine import Connection, quoted
from adoption.store.versions import LAYOUT, UPKEEP

# A table with so many files smaller than this is written into one.
_SMALL_FILES = 8
_SMALL_BYTES = 4 << 20
# Files with deletes cannot be merged. Where so many are left, those of which such a part is deleted
# are written anew; what they were stays for older versions.
_REWRITES = ((16, 0.1), (40, 0.02))
# Whoever reads a file that was merged into another has so long to finish.
_GRACE = "10 minutes"


@dataclass(frozen=True)
class Maintained:
    """`merged`: tables whose files were put together; `removed`: files; `expired`: versions."""

    merged: int
    removed: int
    expired: int

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def mark_commit(connection: Connection, message: str, by: str, extra: Mapping[str, Any]) -> str:
    """What the commit of this transaction carries."""
    text = json.dumps({"layout": LAYOUT, **extra}, ensure_ascii=False)
    connection.execute(
        f"CALL ducklake_set_commit_message('lake', {quoted(by)}, {quoted(message)}, "
        f"extra_info => {quoted(text)})"
    )
    return text


@contextmanager
def upkeep(connection: Connection, data: Path | None) -> Iterator[None]:
    """A transaction that makes no version."""
    connection.execute("BEGIN")
    new = NewFiles(data)
    try:
        yield
        mark_commit(connection, UPKEEP, "", {"files": new.kept_safe()})
        connection.execute("COMMIT")
    except BaseException:
        with suppress(duckdb.Error):
            connection.execute("ROLLBACK")
        raise


def compact(connection: Connection, catalog: Catalog, least: int = _SMALL_FILES) -> int:
    """Merge the small files of tables that have `least` of them or more, and write those anew that
    cannot be merged where they are many; how many such tables."""
    counts = catalog.small_files(_SMALL_BYTES)
    for table, count in counts.items():
        if count >= least:
            connection.execute(
                f"CALL ducklake_merge_adjacent_files('lake', {quoted(table)}, "
                f"max_file_size => {_SMALL_BYTES})"
            )
        parts = [part for files, part in _REWRITES if count >= files]
        if parts:
            connection.execute(
                f"CALL ducklake_rewrite_data_files('lake', {quoted(table)}, "
                f"delete_threshold => {min(parts)})"
            )
    return sum(count >= least for count in counts.values())


def remove_merged(connection: Connection) -> int:
    """Remove the files that were merged into others; how many."""
    return len(
        connection.execute(
            "SELECT path FROM ducklake_cleanup_old_files('lake', "
            f"older_than => now() - INTERVAL '{_GRACE}')"
        ).fetchall()
    )


def maintain(
    connection: Connection, catalog: Catalog, data: Path | None, keep_days: int | None
) -> Maintained:
    expired = 0
    if keep_days is not None:
        older = f"now() - INTERVAL '{keep_days} days'"
        before = len(catalog.publications())
        connection.execute(f"CALL ducklake_expire_snapshots('lake', older_than => {older})")
        expired = before - len(catalog.publications())
    with upkeep(connection, data):
        merged = compact(connection, catalog, least=2)
        connection.execute("CALL ducklake_rewrite_data_files('lake', delete_threshold => 0.5)")
    removed = remove_merged(connection)
    orphans = (
        "SELECT path FROM ducklake_delete_orphaned_files('lake', "
        f"older_than => now() - INTERVAL '{_GRACE}')"
    )
    removed += len(connection.execute(orphans).fetchall())
    return Maintained(merged, removed, expired)
