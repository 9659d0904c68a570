"""The certificates of one block of holders, column by column."""

from dataclasses import dataclass, fields

import numpy as np

from etl.sample.days import NEVER, Codes, Days, Flags, Rows

CARDS = ("primary", "additional")
END_REASONS = ("by_holder", "automatic", "replaced")
UNKNOWN = np.int8(-1)  # not ended, or the reason is missing
NOBODY = -1


@dataclass(frozen=True)
class Issues:
    """Place i of every array is the same issue of a card."""

    holder: Rows  # a place in the block's Holders
    slot: Rows  # the card that it and its renewals are issues of
    generation: Codes  # 0, then 1 for the first renewal ...
    card: Codes  # a place in CARDS
    issued: Days
    follows: Rows  # the place of the certificate that it renews, else NOBODY
    names_predecessor: Flags  # whether `replaces` is recorded


@dataclass(frozen=True)
class Certificates(Issues):
    """Issues with what became of them. Nothing but expires lies after LAST_DAY."""

    expires: Days
    ended: Days
    reason: Codes  # a place in END_REASONS, else UNKNOWN
    applied: Days  # as recorded
    mails: (
        Codes  # (certificates, stages): what comes of each if it is due; in renewals.MAIL_RESULTS
    )

    def __len__(self) -> int:
        return len(self.issued)

    def take(self, places: Rows) -> "Certificates":
        """The certificates at these places, in this order; those renewed by one come with it."""
        new_place = np.full(len(self) + 1, NOBODY, np.int64)  # the last stands for NOBODY
        new_place[places] = np.arange(len(places))
        taken = {field.name: getattr(self, field.name)[places] for field in fields(self)}
        taken["follows"] = new_place[taken["follows"]]
        return Certificates(**taken)

    def renewed(self) -> Days:
        """The day of renewal by DOMAIN section 3, from what is recorded; NEVER if there is none."""
        days = np.full(len(self), NEVER, np.int32)
        successors = np.flatnonzero(self.follows != NOBODY)
        days[self.follows[successors]] = self.issued[successors]
        return np.where(self.applied < NEVER, self.applied, days)


def join(parts: list[Certificates]) -> Certificates:
    """All of them, one part after the other; `follows` already counts from the first."""
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Certificates)
    }
    return Certificates(**columns)
