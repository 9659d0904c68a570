"""The log of publications in the archive, from which the store can be made again.

    archive/ledger.jsonl        a line a publication: what it brought or took back, when, by whom
    archive/ledger.jsonl.new    the line of the one that is being published

The line is written before a load is published and added to the log afterwards: whenever the machine
stops, it is in one of the two.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from adoption.store import Publication, Store, Writer
from adoption.store.catalog import flush, flush_folder
from etl.history import ledger
from etl.history.ledger import Entry
from etl.mapping.headers import UnreadableFile

_LOG, _DRAFT = "ledger.jsonl", "ledger.jsonl.new"
_TAIL = 1 << 20


@dataclass(frozen=True)
class Recorded:
    """A publication, and the loads that it brought with their files, as they were then."""

    number: int
    publication: Publication
    entries: Sequence[Entry]

    def as_line(self) -> str:
        said = {
            "number": self.number,
            "publication": self.publication.as_json(),
            "loads": [{"load": entry.load, "files": entry.files} for entry in self.entries],
        }
        return json.dumps(said, ensure_ascii=False, default=str) + "\n"


def log_of(folder: Path) -> list[Recorded]:
    """What the archive knows, the oldest first."""
    found = _read(folder / _LOG)
    left = _read(folder / _DRAFT)
    # A store that is lost cannot say whether it was published: it is taken for published.
    return [*found, *left] if left and left[0].number > _last(found) else found


def history(store: Store, folder: Path) -> list[Recorded]:
    """Every publication, from the archive's log and from the store itself, the oldest first."""
    known = {recorded.number: recorded for recorded in log_of(folder)}
    entries = {entry.load_id: entry.as_new() for entry in ledger.entries(store)}
    for version in store.versions():
        loads = version.publication.loads if version.publication.kind == "load" else ()
        of_store = [entries[load] for load in loads if load in entries]
        known.setdefault(version.number, Recorded(version.number, version.publication, of_store))
    return [known[number] for number in sorted(known)]


def begin(store: Store, writer: Writer, folder: Path, *, trial: bool = False) -> int:
    """Bring the log up to date after a load that was killed, and number this publication after
    every other. Returns the next load's number. While no other can write, but for a trial."""
    left = [] if trial else _read(folder / _DRAFT)
    if left:
        published = any(version.number == left[0].number for version in store.versions())
        if published and left[0].number > _last(_tail(folder / _LOG)):
            _add(folder)
        (folder / _DRAFT).unlink(missing_ok=True)
    last = _tail(folder / _LOG)
    writer.number = max(writer.number, _last(last) + 1)
    known = [load for recorded in last for load in recorded.publication.loads]
    return ledger.next_load_id(writer, known)


def keep(writer: Writer, folder: Path) -> None:
    """Write down what `writer` is going to publish, and have it count when it does."""
    assert writer.publication is not None
    folder.mkdir(parents=True, exist_ok=True)
    loads = writer.publication.loads if writer.publication.kind == "load" else ()
    entries = [entry for entry in ledger.entries(writer, loads) if entry.load_id in loads]
    draft = folder / _DRAFT
    draft.write_text(Recorded(writer.number, writer.publication, entries).as_line(), "utf-8")
    flush(draft)

    def settle(published: bool) -> None:
        if draft.exists():  # it is not when several loads are published together
            if published:
                _add(folder)
            draft.unlink()

    writer.at_end(settle)


def write(folder: Path, recorded: Sequence[Recorded]) -> None:
    """A whole log, in a folder that has none."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _LOG).write_text("".join(each.as_line() for each in recorded), "utf-8")
    flush(folder / _LOG)
    flush_folder(folder)


def remove(folder: Path) -> None:
    (folder / _LOG).unlink(missing_ok=True)


def _add(folder: Path) -> None:
    """The draft's line to the log, in place of half a line that a killed load may have left."""
    with (folder / _LOG).open("ab+") as file:
        end = file.seek(0, 2)
        start = max(0, end - _TAIL)
        file.seek(start)
        tail = file.read()
        if tail and not tail.endswith(b"\n"):
            file.truncate(start + tail.rfind(b"\n") + 1)
        file.write((folder / _DRAFT).read_bytes())
    flush(folder / _LOG)
    flush_folder(folder)


def _last(recorded: Sequence[Recorded]) -> int:
    return recorded[-1].number if recorded else 0


def _tail(path: Path) -> list[Recorded]:
    """The last lines of the log."""
    return _read(path, _TAIL)


def _read(path: Path, most: int | None = None) -> list[Recorded]:
    """The whole lines of a log; of its last `most` bytes."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            start = max(0, size - most) if most is not None else 0
            file.seek(start)
            text = file.read()
    except FileNotFoundError:
        return []
    lines = text.split(b"\n")[:-1]  # after the last line break is nothing, or half a line
    if start:
        if len(lines) < 2:  # one line is longer than that
            return _read(path)
        lines = lines[1:]
    try:
        return [_recorded(json.loads(line)) for line in lines]
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableFile(
            f"{path}：封存的載入紀錄已損壞（{error}）；請從備份放回後再執行一次",
            f"{path}: the archived ledger is damaged ({error}); put it back from a backup",
        ) from error


def _recorded(stored: Mapping[str, Any]) -> Recorded:
    publication = Publication.of_json(stored["publication"])
    entries = [_entry(entry) for entry in stored["loads"]]
    return Recorded(int(stored["number"]), publication, entries)


def _entry(stored: Mapping[str, Any]) -> Entry:
    load = dict(stored["load"])
    for name in ("cut_off", "received"):
        load[name] = load[name] and date.fromisoformat(load[name])
    return Entry(load, stored["files"])
