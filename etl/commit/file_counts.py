"""What became of the rows of one file, counted while they are read and checked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from etl.commit.result import FileResult, result_of
from etl.history.originals import Restored
from etl.mapping.feeds import Feed
from etl.mapping.non_record_rows import MOST_TOLD, Skipped
from etl.mapping.source_file import SourceFile, without_skipped
from etl.validation.validate import Reject


@dataclass
class Tally:
    """`read` counts the rows that are records: those that passed and those to mend."""

    source: SourceFile
    feed: Feed
    read: int = 0
    passed: int = 0
    flagged: int = 0
    rejected: int = 0
    skipped: int = 0
    told: list[tuple[int, Skipped]] = field(default_factory=list)  # and in which batch: the first
    reasons: Counter[str] = field(default_factory=Counter)
    restored: int = 0  # cells
    first_restored: list[Restored] = field(default_factory=list)

    def keep(self, passed: int, flagged: int) -> None:
        self.read += passed
        self.passed += passed
        self.flagged += flagged

    def misfits(
        self, batch: int, malformed: Sequence[Reject], skipped: Sequence[Skipped]
    ) -> list[Reject]:
        """Count the rows of another shape than the header's; those to mend."""
        self._tell(batch, skipped)
        return self._mend(malformed)

    def refuse(self, batch: int, rejected: Sequence[Reject]) -> list[Reject]:
        """Count rows that did not pass the check; those to mend."""
        to_mend, passed_over = without_skipped(self.source, self.feed, rejected)
        self._tell(batch, passed_over)
        return self._mend(to_mend)

    def _tell(self, batch: int, skipped: Sequence[Skipped]) -> None:
        self.skipped += len(skipped)
        self.told += [(batch, row) for row in skipped]
        self.told = sorted(self.told, key=itemgetter(0))[:MOST_TOLD]

    def _mend(self, rejects: Sequence[Reject]) -> list[Reject]:
        self.read += len(rejects)
        self.rejected += len(rejects)
        for reject in rejects:
            self.reasons.update({reason.code for reason in reject.reasons})
        return list(rejects)

    def restore(self, cells: Sequence[Restored]) -> None:
        """Count cells of mended rows that are read as they were."""
        self.restored += len(cells)
        self.first_restored += cells[: MOST_TOLD - len(self.first_restored)]

    def result(self) -> FileResult:
        return result_of(
            self.source,
            self.feed,
            read=self.read,
            kept=self.passed,
            flagged=self.flagged,
            rejected=self.rejected,
            reasons=dict(self.reasons),
            skipped=self.skipped,
            first_skipped=[row for _, row in self.told],
            restored=self.restored,
            first_restored=self.first_restored,
        )
