"""Records that a store came to by a history, and not at once."""

from dataclasses import asdict, replace
from random import Random

from sqlalchemy import Table

from adoption.store import Store
from adoption.store.schema import reminders, suspensions
from tests.reference import Certificate, Mail, Records, Suspension
from tests.stores import add_rows, fill, load_certificates

WRONG = "WRONG"


def fill_by_history(store: Store, rows: Records, rng: Random) -> None:
    """As `fill`, but some certificates come wrong first and are put right by loads that follow;
    some mails and suspensions come that are taken back; some mails come late. In between, files are
    merged: also those that earlier versions are read from, and their deletes."""
    wrong = {n: _wrong(each, rng) for n, each in enumerate(rows.certificates) if rng.random() < 0.4}
    mails, late = rows.reminders[:-12], rows.reminders[-12:]
    first = replace(
        rows,
        certificates=[wrong.get(n, each) for n, each in enumerate(rows.certificates)],
        reminders=[*mails, *[Mail(f"{WRONG}{n}", 60, rows.as_of, "delivered") for n in range(20)]],
        suspensions=[
            *rows.suspensions,
            *[Suspension(f"{WRONG}{n}", rows.as_of) for n in range(20)],
        ],
    )
    rng.shuffle(first.reminders)
    rng.shuffle(first.suspensions)
    fill(store, first)
    corrected = [rows.certificates[n] for n in wrong]
    rng.shuffle(corrected)
    for load in range(3):
        load_certificates(store, corrected[load::3], load + 2)
        add_rows(store, reminders, [asdict(mail) for mail in late[load::3]])
        _take_back(store, rng.choice((reminders, suspensions)), f"{WRONG}{load}%")
        if rng.random() < 0.5:
            store.maintain()
    for table in (reminders, suspensions):
        _take_back(store, table, f"{WRONG}%")
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
