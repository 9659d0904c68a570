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
from etl.sample.renewals import days_from_expiry

_FIRST_ISSUES = first_issue_weights()
_ADDITIONAL = (0, 1, 2, 3, 5, 8)
_ADDITIONAL_SHARES = (0.89, 0.06, 0.026, 0.015, 0.006, 0.003)
_DAYS_TO_ADDITIONAL = 300  # the mean, after the holder's first card
_END_SHARE = 0.09
_END_REASON_SHARES = (0.45, 0.55)  # by the holder, automatic
_REPLACED = np.int8(2)
_RENEWING_SHARES = np.array((0.78, 0.66, 0.74, 0.62))  # by ORG_TYPES, of those not ended
_REPLACED_SHARE = 0.35  # of the renewed; the other old cards run out by themselves
# What the office wrote down about a renewal: link and application, link only, application only,
# neither. The last leaves it to the loader to find the successor by holder and card.
_RECORD_SHARES = (0.60, 0.20, 0.12, 0.08)
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

    willing = rng.random(count) < _RENEWING_SHARES[holders.org_type[issues.holder]]
    applied = expires + days_from_expiry(rng, holders.has_address[issues.holder])
    applies = ~is_revoked & willing & (applied <= LAST_DAY)
    wait = 1 + rng.geometric(0.4, count).astype(np.int32)
    next_issued = working_day(np.minimum(applied + wait, LAST_DAY + 1))
    succeeded = applies & (next_issued <= LAST_DAY)
    record = rng.choice(4, count, p=_RECORD_SHARES)

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
        applied=np.where(applies & _RECORDS_APPLICATION[record], applied, NEVER).astype(np.int32),
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
