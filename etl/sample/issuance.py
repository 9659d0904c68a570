"""How cards come and go: issued, renewed again and again, ended or left to lapse."""

import numpy as np

from etl.sample.certificates import NOBODY, UNKNOWN, Certificates, Issues, join
from etl.sample.days import (
    FIRST_DAY,
    LAST_DAY,
    NEVER,
    Days,
    Flags,
    expiry,
    first_issue_weights,
    working_day,
)
from etl.sample.holders import Holders
from etl.sample.renewals import days_from_expiry, mail_results

_FIRST_ISSUES = first_issue_weights()
_ADDITIONAL = (0, 1, 2, 3, 5, 8)
_ADDITIONAL_SHARES = (0.89, 0.06, 0.026, 0.015, 0.006, 0.003)
_DAYS_TO_ADDITIONAL = 300  # the mean, after the holder's first card
_END_SHARE = 0.09
_END_REASON_SHARES = (0.45, 0.55)  # by the holder, automatic
_REPLACED = np.int8(2)
_REPLACED_SHARE = 0.35  # of the renewed; the other old cards run out by themselves
# What the office wrote down about a renewal: link and application, link only, application only,
# neither. The last leaves it to the loader to find the successor by holder and card. Where no
# application was written down, the card was issued over the counter on the day it was asked for:
# so the day of renewal that the records give (DOMAIN section 3) is always that of the application.
# (A counter is closed on two days in seven; what is asked for then is written down.)
_RECORD_SHARES = (0.52, 0.28, 0.09, 0.11)
_RECORDS_LINK = np.array([True, True, False, False])
_RECORDS_APPLICATION = np.array([True, False, True, False])
_MISSING_SHARE = 0.01  # of the end reasons


def generate(rng: np.random.Generator, holders: Holders) -> Certificates:
    """Every certificate of these holders, by holder and card, each after the one it renews."""
    generations: list[Certificates] = []
    issues = _first_issues(rng, len(holders.org_type))
    while len(issues.issued):
        made, issues = _lives(rng, holders, issues, sum(map(len, generations)))
        generations.append(made)
    made = join(generations)
    return made.take(np.lexsort((made.generation, made.slot, made.holder)))


def _first_issues(rng: np.random.Generator, count: int) -> Issues:
    """Every card that is not a renewal: a primary one a holder, and the additional ones."""
    primary = (FIRST_DAY + rng.choice(len(_FIRST_ISSUES), count, p=_FIRST_ISSUES)).astype(np.int32)
    owner = np.repeat(np.arange(count), rng.choice(_ADDITIONAL, count, p=_ADDITIONAL_SHARES))
    wait = rng.exponential(_DAYS_TO_ADDITIONAL, len(owner)).astype(np.int32)
    later = working_day(np.minimum(primary[owner] + wait, LAST_DAY + 1))
    exists = later <= LAST_DAY
    issued = np.concatenate([primary, later[exists]])
    return Issues(
        holder=np.concatenate([np.arange(count), owner[exists]]),
        slot=np.arange(len(issued)),
        generation=np.zeros(len(issued), np.int8),
        card=(np.arange(len(issued)) >= count).astype(np.int8),
        issued=issued,
        follows=np.full(len(issued), NOBODY, np.int64),
        names_predecessor=np.zeros(len(issued), np.bool_),
    )


def _lives(
    rng: np.random.Generator, holders: Holders, issues: Issues, before: int
) -> tuple[Certificates, Issues]:
    """What becomes of these issues, and their renewals.

    before: how many certificates stand before these, to number the predecessors of the renewals.
    """
    count = len(issues.issued)
    expires = expiry(issues.issued)
    revoked, is_revoked = _revocations(rng, issues.issued, expires)
    reason = rng.choice(2, count, p=_END_REASON_SHARES).astype(np.int8)

    mails = mail_results(rng, holders.has_address[issues.holder])
    from_expiry = days_from_expiry(rng, mails, holders.org_type[issues.holder])
    # The day after LAST_DAY stands for all days beyond it.
    applied = np.minimum(expires + from_expiry, LAST_DAY + 1)
    applies = ~is_revoked & (applied <= LAST_DAY)
    record = rng.choice(4, count, p=_RECORD_SHARES)
    by_counter = ~_RECORDS_APPLICATION[record] & (working_day(applied) == applied)
    wait = np.where(by_counter, 0, 1 + rng.geometric(0.4, count)).astype(np.int32)
    next_issued = working_day(np.minimum(applied + wait, LAST_DAY + 1))
    succeeded = applies & (next_issued <= LAST_DAY)

    in_use = next_issued + rng.integers(0, 10, count, np.int32)
    replaced = succeeded & (rng.random(count) < _REPLACED_SHARE) & (in_use <= expires)
    ended = np.where(is_revoked, revoked, np.where(replaced, in_use, NEVER))
    ended = np.where(ended <= LAST_DAY, ended, NEVER).astype(np.int32)
    reason = np.where(replaced, _REPLACED, reason)
    knows_reason = (ended < NEVER) & (rng.random(count) >= _MISSING_SHARE)

    made = Certificates(
        **vars(issues),
        expires=expires,
        ended=ended,
        reason=np.where(knows_reason, reason, UNKNOWN),
        applied=np.where(applies & ~by_counter, applied, NEVER).astype(np.int32),
        mails=mails,
    )
    places = np.flatnonzero(succeeded)
    renewals = Issues(
        holder=issues.holder[places],
        slot=issues.slot[places],
        generation=issues.generation[places] + np.int8(1),
        card=issues.card[places],
        issued=next_issued[places],
        follows=before + places,
        names_predecessor=_RECORDS_LINK[record[places]],
    )
    return made, renewals


def _revocations(rng: np.random.Generator, issued: Days, expires: Days) -> tuple[Days, Flags]:
    """A day within the validity of each certificate, and whether it is revoked on it."""
    into = 1 + (rng.random(len(issued)) * (expires - issued - 1)).astype(np.int32)
    return issued + into, rng.random(len(issued)) < _END_SHARE
