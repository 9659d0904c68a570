"""Records that a store came to by a history, and not at once."""

from dataclasses import replace
from random import Random

from sqlalchemy import Table

from adoption.store import Store
from adoption.store.schema import reminders, suspensions
from tests.reference import Certificate, Mail, Records, Suspension
from tests.stores import fill, load_certificates

WRONG = "WRONG"


def fill_by_history(store: Store, rows: Records, rng: Random) -> None:
    """As `fill`, but some certificates come wrong first, are deleted and inserted right by loads
    that follow; some mails and suspensions come that are taken back. Files are merged in between:
    some of those that the versions before are read from, and their deletes."""
    wrong = {n: _wrong(each, rng) for n, each in enumerate(rows.certificates) if rng.random() < 0.4}
    first = [wrong.get(n, each) for n, each in enumerate(rows.certificates)]
    extra = {
        reminders: [Mail(f"{WRONG}{n}", 60, rows.as_of, "delivered") for n in range(20)],
        suspensions: [Suspension(f"{WRONG}{n}", rows.as_of, None) for n in range(20)],
    }
    mixed = {
        table: [*of_table, *more]
        for (table, more), of_table in zip(
            extra.items(), (rows.reminders, rows.suspensions), strict=True
        )
    }
    for of_table in mixed.values():
        rng.shuffle(of_table)  # type: ignore[arg-type]
    fill(
        store,
        replace(
            rows,
            certificates=first,
            reminders=mixed[reminders],
            suspensions=mixed[suspensions],
        ),
    )
    corrected = [rows.certificates[n] for n in wrong]
    rng.shuffle(corrected)
    for load, start in enumerate(range(0, len(corrected), 1 + len(corrected) // 3), 2):
        load_certificates(store, corrected[start : start + 1 + len(corrected) // 3], load)
        if rng.random() < 0.5:
            store.maintain()
        _take_back(store, rng.choice((reminders, suspensions)), f"{WRONG}{load}%")
    for table in (reminders, suspensions):
        _take_back(store, table, f"{WRONG}%")
    if rng.random() < 0.5:
        store.maintain()


def _wrong(each: Certificate, rng: Random) -> Certificate:
    return replace(
        each,
        county=rng.choice(("臺北市", "高雄市")),
        expires_on=each.issued_on,
        ended_on=None,
        end_reason=None,
    )


def _take_back(store: Store, table: Table, serials: str) -> None:
    with store.writing() as writer:
        writer.delete(table, table.c.serial.like(serials))
