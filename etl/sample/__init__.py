"""Deterministic sample records of any size. Nobody in them exists; every rate in them is made up.

The certificates are written as an office would export them, in Chinese and with ROC dates; the
other files have the canonical headers and ISO dates. Nothing happens after 2013-09-24. The records
come in monthly deliveries; README.md, written beside them, says what is in which.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from etl.sample import arrivals, catalogue, entities, events, holders, issuance, readme, targets
from etl.sample.certificates import Certificates
from etl.sample.days import LAST_DAY, Rows
from etl.sample.deliveries import Delivered, Deliveries
from etl.sample.holders import Holders

__all__ = ["Delivered", "write_sample"]

_BLOCK_HOLDERS = 50_000


def write_sample(
    folder: Path,
    certificates: int,
    seed: int = 102,
    progress: Callable[[int], None] | None = None,
    block_holders: int = _BLOCK_HOLDERS,
    *,
    history: bool = True,
) -> list[Delivered]:
    """Write exactly so many certificates and the records around them, in monthly deliveries; the
    files in the order in which to load them.

    Without a history all comes in one delivery, as the others leave it. The same arguments give the
    same bytes. A block of holders is made, written and forgotten, so that memory does not grow with
    the number; progress hears how many certificates were added.
    Raises ValueError when there are not enough distinct 統一編號 (beyond some 28 million
    certificates).
    """
    valid_holders = np.zeros((len(holders.COUNTIES), len(holders.ORG_TYPES)), np.int64)
    with Deliveries(folder, history=history) as deliveries:
        written = block = 0
        while written < certificates:
            numbers = np.arange(block * block_holders, (block + 1) * block_holders)
            if numbers[-1] >= holders.MOST_HOLDERS:
                raise ValueError(f"no 統一編號 left after {written:,} certificates")
            rng = np.random.default_rng([seed, block])
            people = holders.generate(rng, numbers, seed)
            made = issuance.generate(rng, people)
            # Cut by holder first, so that a small sample spans the ten years like a large one.
            made = made.take(np.arange(min(len(made), certificates - written)))
            made = made.take(np.argsort(made.issued, kind="stable"))
            _write(deliveries, rng, made, people, written + 1 + np.arange(len(made)))
            _count_valid(valid_holders, made, people)
            written, block = written + len(made), block + 1
            if progress:
                progress(len(made))
        catalogue.write_catalogue(deliveries)
        registered = entities.write_entities(deliveries, valid_holders)
        targets.write_targets(deliveries, int(valid_holders.sum()), registered)
    if history:
        (folder / "README.md").write_text(readme.text(deliveries), "utf-8", newline="\n")
    return deliveries.delivered()


def _write(
    deliveries: Deliveries,
    rng: np.random.Generator,
    made: Certificates,
    people: Holders,
    numbers: Rows,
) -> None:
    """The records of a block; `numbers` are those in the serials of its certificates."""
    suspensions, mails = events.suspensions(rng, made), events.mails(rng, made)
    came = arrivals.write_certificates(deliveries, rng, made, people, numbers)
    arrivals.write_suspensions(deliveries, suspensions, came, numbers)
    arrivals.write_mails(deliveries, mails, numbers)


def _count_valid(counts: Rows, made: Certificates, people: Holders) -> None:
    """Add the holders with a valid certificate at the cut-off to counts, (counties, kinds)."""
    valid = np.unique(made.holder[(made.expires >= LAST_DAY) & (made.ended > LAST_DAY)])
    np.add.at(counts, (people.county[valid], people.org_type[valid]), 1)
