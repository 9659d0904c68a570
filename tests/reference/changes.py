"""What has happened to date. Side and unit do not matter here."""

from tests.reference.certificates import chosen
from tests.reference.rows import Choice, Records
from tests.reference.rules import is_renewal


def certificates_to_date(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    issued = renewals = ended = expired = 0
    for each in chosen(records, choice):
        if each.issued_on > choice.as_of:
            continue
        issued += 1
        renewals += is_renewal(each, records.certificates)
        if each.ended_on is not None and each.ended_on <= each.expires_on:
            ended += each.ended_on <= choice.as_of
        else:  # it ran to its last day, or will
            expired += each.expires_on < choice.as_of
    return [(issued, renewals, ended, expired)]
