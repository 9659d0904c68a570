"""Deterministic sample records of any size. Nobody in them exists; every rate in them is made up.

The certificates are written as an office would export them, in Chinese and with ROC dates; the
other files have the canonical headers and ISO dates. Nothing happens after 2013-09-24.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

from etl.sample import entities, events, holders, issuance, targets
from etl.sample.certificates import Certificates
from etl.sample.days import LAST_DAY, Rows
from etl.sample.events import Mails, Suspensions
from etl.sample.holders import Holders
from etl.sample.writing import CsvFile, fixed_width, iso_days, roc_days, serials, words

_CERTIFICATES = (
    "憑證序號,統一編號,組織別,縣市,卡別,核發日期,到期日期,終止日期,終止原因,申請換發日期,換發前序號"
)
_SUSPENSIONS = ("serial", "suspended_on", "resumed_on")
_REMINDERS = ("serial", "stage", "sent_on", "result")
_ORG_TYPES_ZH = ("公司", "商號", "分公司", "其他")
_CARDS_ZH = ("正卡", "附卡")
_END_REASONS_ZH = ("申請廢止", "自動廢止", "換發")
_BLOCK_HOLDERS = 50_000


def write_sample(
    folder: Path,
    certificates: int,
    seed: int = 102,
    progress: Callable[[int], None] | None = None,
    block_holders: int = _BLOCK_HOLDERS,
) -> list[tuple[str, Path]]:
    """Write exactly so many certificates and the records around them; (feed, file) in load order.

    The same arguments give the same bytes. A block of holders is made, written and forgotten, so
    that memory does not grow with the number; progress hears how many certificates were added.
    Raises ValueError when there are not enough distinct 統一編號 (beyond some 28 million
    certificates).
    """
    folder.mkdir(parents=True, exist_ok=True)
    valid_holders = np.zeros((len(holders.COUNTIES), len(holders.ORG_TYPES)), np.int64)
    with (
        CsvFile(
            folder / "certificates.csv", _CERTIFICATES.split(","), mark=("資料來源", "示範資料")
        ) as certificate_file,
        CsvFile(folder / "suspensions.csv", _SUSPENSIONS) as suspension_file,
        CsvFile(folder / "reminders.csv", _REMINDERS) as reminder_file,
        CsvFile(folder / "entities.csv", entities.HEADERS) as entity_file,
        CsvFile(folder / "targets.csv", targets.HEADERS) as target_file,
    ):
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
            serial_numbers = written + 1 + np.arange(len(made))
            mails = events.mails(rng, made, people.has_address)
            _write_certificates(certificate_file, made, people, serial_numbers)
            _write_suspensions(suspension_file, events.suspensions(rng, made), serial_numbers)
            _write_reminders(reminder_file, mails, serial_numbers)
            _count_valid(valid_holders, made, people)
            written, block = written + len(made), block + 1
            if progress:
                progress(len(made))
        entities.write_entities(entity_file, valid_holders)
        targets.write_targets(target_file, int(valid_holders.sum()))
    files = (certificate_file, suspension_file, reminder_file, entity_file, target_file)
    return [(file.path.stem, file.path) for file in files]


def _write_certificates(file: CsvFile, made: Certificates, people: Holders, numbers: Rows) -> None:
    named = np.where(made.names_predecessor, numbers[made.follows], 0)
    file.write(
        [
            serials(numbers),
            fixed_width(people.ids[made.holder]),
            words(_ORG_TYPES_ZH, people.org_type[made.holder]),
            words(tuple(holders.COUNTIES), people.county[made.holder]),
            words(_CARDS_ZH, made.card),
            roc_days(made.issued),
            roc_days(made.expires),
            roc_days(made.ended),
            words(_END_REASONS_ZH, made.reason),
            roc_days(made.applied),
            serials(named),
        ]
    )


def _write_suspensions(file: CsvFile, suspended: Suspensions, numbers: Rows) -> None:
    file.write(
        [
            serials(numbers[suspended.certificate]),
            iso_days(suspended.suspended),
            iso_days(suspended.resumed),
        ]
    )


def _write_reminders(file: CsvFile, mails: Mails, numbers: Rows) -> None:
    file.write(
        [
            serials(numbers[mails.certificate]),
            pa.array(mails.stage),
            iso_days(mails.sent),
            words(events.RESULTS, mails.result),
        ]
    )


def _count_valid(counts: Rows, made: Certificates, people: Holders) -> None:
    """Add the holders with a valid certificate at the cut-off to counts, (counties, kinds)."""
    valid = np.unique(made.holder[(made.expires >= LAST_DAY) & (made.ended > LAST_DAY)])
    np.add.at(counts, (people.county[valid], people.org_type[valid]), 1)
