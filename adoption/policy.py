"""Rules that an authority sets, read from data/policy: the programme's first day, how early a
certificate can be renewed, reminder stages, control totals."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class Stage:
    """One reminder: the mail that goes out `days` days before a certificate expires."""

    days: int
    zh: str
    en: str


@dataclass(frozen=True)
class ControlTotal:
    """A published figure that a metric must reproduce on its day."""

    metric: str
    scope: str
    measure: str
    as_of: date
    value: float
    source: str


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reminder_stages() -> tuple[Stage, ...]:
    """The stages in the order in which they are reached: most days before expiry first."""
    rows = _rows(DATA / "policy" / "reminder_stages.csv")
    stages = [Stage(int(row["days"]), row["zh"], row["en"]) for row in rows]
    return tuple(sorted(stages, key=lambda stage: -stage.days))


def control_totals() -> tuple[ControlTotal, ...]:
    """The totals that come with the product; a store may hold more."""
    return tuple(
        ControlTotal(
            row["metric"],
            row["scope"],
            row["measure"],
            date.fromisoformat(row["as_of"]),
            float(row["value"]),
            row["source"],
        )
        for row in _rows(DATA / "policy" / "control_totals.csv")
    )


def version_days() -> int | None:
    """For how many days earlier versions of the records are kept; None: all, for ever."""
    (row,) = _rows(DATA / "policy" / "versions.csv")
    return int(row["keep_days"]) if row["keep_days"].strip() else None


def _programme() -> dict[str, str]:
    (row,) = _rows(DATA / "policy" / "programme.csv")
    return row


# Before this day no certificate was issued.
PROGRAMME_BEGINS_ON = date.fromisoformat(_programme()["begins_on"])
# A certificate can be renewed from so many days before it expires.
RENEWABLE_DAYS = int(_programme()["renewable_days"])
STAGES = reminder_stages()
STAGE_DAYS = tuple(stage.days for stage in STAGES)
