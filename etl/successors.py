"""Which successor each certificate of one holder and card gets: the rule, walked in order."""

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# A renewal is issued from so many days before to so many days after the old one expires.
DAYS_BEFORE_EXPIRY = 60
DAYS_AFTER_EXPIRY = 365


@dataclass(frozen=True)
class Candidate:
    """A certificate of one holder and card, as `settle` sees it."""

    serial: str
    issued_on: date
    expires_on: date
    needs_successor: bool  # no application date of its own, none that says it replaces it
    may_succeed: bool  # does not say itself which one it replaces


def settle(group: Sequence[Candidate]) -> tuple[dict[str, date], set[str]]:
    """Link the certificates of one holder and card.

    Returns serial -> renewed_on for those that find a successor, and the serials that count as
    renewals without saying so. Time grows as n log n.
    """
    successors = sorted((c for c in group if c.may_succeed), key=lambda c: (c.issued_on, c.serial))
    return _renewed_on(group, successors), _renewals(group, successors)


def _renewed_on(group: Sequence[Candidate], successors: list[Candidate]) -> dict[str, date]:
    waiting = sorted(
        (c for c in group if c.needs_successor), key=lambda c: (c.expires_on, c.serial)
    )
    issued = [c.issued_on for c in successors]
    # next_free[i]: the first unused successor at or after i, found by path halving.
    next_free = list(range(len(successors) + 1))

    def free_from(index: int) -> int:
        while next_free[index] != index:
            next_free[index] = next_free[next_free[index]]
            index = next_free[index]
        return index

    renewed: dict[str, date] = {}
    for old in waiting:
        earliest = max(old.expires_on - timedelta(DAYS_BEFORE_EXPIRY), old.issued_on + timedelta(1))
        index = free_from(bisect_left(issued, earliest))
        if index < len(issued) and issued[index] <= old.expires_on + timedelta(DAYS_AFTER_EXPIRY):
            renewed[old.serial] = issued[index]
            next_free[index] = index + 1
    return renewed


def _renewals(group: Sequence[Candidate], successors: list[Candidate]) -> set[str]:
    """Successors with an earlier-issued certificate whose renewal window holds their issue day."""
    by_expiry = sorted(group, key=lambda c: c.expires_on)
    window: deque[Candidate] = deque()  # increasing issued_on; its head is the window's earliest
    entered = 0
    renewals: set[str] = set()
    for new in successors:
        while (
            entered < len(by_expiry)
            and by_expiry[entered].expires_on - timedelta(DAYS_BEFORE_EXPIRY) <= new.issued_on
        ):
            while window and window[-1].issued_on >= by_expiry[entered].issued_on:
                window.pop()
            window.append(by_expiry[entered])
            entered += 1
        while window and window[0].expires_on + timedelta(DAYS_AFTER_EXPIRY) < new.issued_on:
            window.popleft()
        if window and window[0].issued_on < new.issued_on:
            renewals.add(new.serial)
    return renewals
