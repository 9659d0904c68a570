"""What a publication says of itself, and the version of the records that it makes.

A version is a snapshot of the lake. The commit that makes it carries a message (the kind) and, as
JSON, the rest; compaction commits too, without being a version.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Literal

# The version of a store to which nothing was ever published.
EMPTY_VERSION = "empty"
# The form of the tables: of another form is a lake that another version of this program made.
LAYOUT = "2"
Kind = Literal["load", "revert"]
KINDS: tuple[Kind, ...] = ("load", "revert")
# The message of commits that change no record: tables made, files compacted.
UPKEEP = "upkeep"


@dataclass(frozen=True)
class Publication:
    """One commit to the records. `loads` are those that it brings or takes back; `received` is the
    day on which they became known (DOMAIN: K), `at` when it was published (ISO 8601, UTC)."""

    kind: Kind = "load"
    received: date = date.min
    by: str = ""
    at: str = ""
    loads: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "received": self.received.isoformat(), "loads": list(self.loads)}

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> "Publication":
        received = date.fromisoformat(stored["received"])
        loads = tuple(stored["loads"])
        return cls(stored["kind"], received, stored["by"], stored["at"], loads)

    def and_load(self, other: "Publication") -> "Publication":
        """Both in one commit."""
        loads = (*self.loads, *other.loads)
        return replace(other, loads=loads, received=max(self.received, other.received))


@dataclass(frozen=True)
class Version:
    """`number` counts publications from 1; `rows` is how many each feed then has."""

    name: str
    snapshot: int
    number: int
    publication: Publication
    rows: Mapping[str, int] = field(default_factory=dict)


def stored(publication: Publication, number: int, rows: Mapping[str, int]) -> dict[str, Any]:
    """What the commit carries."""
    return {"number": number, "publication": publication.as_json(), "rows": dict(rows)}


def version_of(lake: str, snapshot: int, extra: Mapping[str, Any]) -> Version:
    publication = Publication.of_json(extra["publication"])
    return Version(name_of(snapshot, lake), snapshot, extra["number"], publication, extra["rows"])


def name_of(snapshot: int, lake: str) -> str:
    """The lake's own name is in it: a lake that was rebuilt counts its snapshots anew."""
    return f"{snapshot}-{lake}"


def snapshot_of(name: str) -> tuple[int, str]:
    """The reverse of `name_of`; -1 for what is no name."""
    snapshot, _, lake = name.partition("-")
    return (int(snapshot) if snapshot.isdecimal() else -1), lake
