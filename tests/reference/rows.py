"""The rows that the reference counts: the feeds' columns of docs/domain.md, section 2."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Unit:
    unit_code: str
    name: str
    side: str
    sector: str = "government"
    name_en: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    provenance: str = "sample"


@dataclass(frozen=True)
class System:
    system_code: str
    unit_code: str
    name: str = "系統"
    category: str = "線上申辦"
    planned_on: date | None = None
    testing_on: date | None = None
    integrated_on: date | None = None
    retired_on: date | None = None
    target_on: date | None = None
    name_en: str | None = None
    provenance: str = "sample"


@dataclass(frozen=True)
class Certificate:
    serial: str
    holder_id: str | None
    issued_on: date
    expires_on: date
    org_type: str = "company"
    county: str = "臺北市"
    card: str = "primary"
    ended_on: date | None = None
    end_reason: str | None = None
    renewal_applied_on: date | None = None
    replaces: str | None = None


@dataclass(frozen=True)
class Suspension:
    serial: str
    suspended_on: date
    resumed_on: date | None = None


@dataclass(frozen=True)
class Target:
    metric: str
    scope: str
    due_on: date
    value: float


@dataclass(frozen=True)
class Mail:
    serial: str
    stage: int
    sent_on: date
    result: str


@dataclass(frozen=True)
class Entity:
    """How many were registered in a month (its first day)."""

    month: date
    county: str
    org_type: str
    registered: int


@dataclass(frozen=True)
class Records:
    """A whole data set, and the day around which its events were placed."""

    as_of: date
    units: list[Unit] = field(default_factory=list)
    systems: list[System] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    suspensions: list[Suspension] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    reminders: list[Mail] = field(default_factory=list)


@dataclass(frozen=True)
class Choice:
    """The as-of day and the filters; an empty filter lets everything through."""

    as_of: date
    days: int = 90
    side: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    county: tuple[str, ...] = ()
    org_type: tuple[str, ...] = ()
    stage: tuple[int, ...] = ()
