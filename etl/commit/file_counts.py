"""What became of the rows of one file, counted while they are read and checked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from operator import attrgetter, itemgetter

import pyarrow as pa
import pyarrow.compute as pc

from etl.commit.account import flags_of
from etl.commit.result import FileResult
from etl.files import limits
from etl.files.account import Account, LineCounts, unaccounted
from etl.history.corrections import NUMBER, RejectNumber, numbers_in
from etl.history.originals import Restored
from etl.mapping.feeds import Feed
from etl.mapping.headers import UnreadableFile
from etl.mapping.non_record_rows import MOST_TOLD, Skipped
from etl.mapping.scale import has_numbers, is_scaled, scaled
from etl.mapping.source_file import SourceFile, refuse_other_headers, without_skipped
from etl.validation.validate import Reject


def numbers_of(rejects: Sequence[Reject]) -> set[RejectNumber]:
    """The earlier rejects whose rows these are."""
    return numbers_in(reject.text.get(NUMBER, "") for reject in rejects)


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
    doubts: Counter[str] = field(default_factory=Counter)  # flag -> rows that passed with it
    orders: dict[str, dict[str, str]] = field(default_factory=dict)  # see account.orders_told
    last_row: int = 0  # of those that passed, as a spreadsheet numbers it
    kept_rejects: int = 0
    kept_bytes: int = 0
    counts: LineCounts = field(default_factory=LineCounts)
    restored: int = 0  # cells
    first_restored: list[Restored] = field(default_factory=list)
    # Earlier rejects that came back and of which nothing is kept with this load.
    unsettled: set[RejectNumber] = field(default_factory=set)

    def keep(self, kept: pa.Table) -> None:
        """Count rows that passed the check."""
        self.read += kept.num_rows
        self.passed += kept.num_rows
        self.flagged += kept.num_rows - kept["flags"].null_count
        self.doubts += flags_of(kept)
        self.last_row = max(self.last_row, pc.max(kept["row_number"]).as_py() or 0)

    def misfits(
        self, batch: int, malformed: Sequence[Reject], skipped: Sequence[Skipped]
    ) -> list[Reject]:
        """Count the rows of another shape than the header's; those to mend."""
        refuse_other_headers(self.source, self.feed, malformed)
        self._tell(batch, skipped)
        return self._kept(malformed, self._mend(malformed))

    def refuse(self, batch: int, rejected: Sequence[Reject]) -> list[Reject]:
        """Count rows that did not pass the check; those to mend."""
        to_mend, passed_over = without_skipped(self.source, self.feed, rejected)
        self._tell(batch, passed_over)
        return self._kept(rejected, self._mend(to_mend))

    def _kept(self, rejected: Sequence[Reject], kept: list[Reject]) -> list[Reject]:
        self.unsettled |= numbers_of(rejected) - numbers_of(kept)
        return kept

    def _tell(self, batch: int, skipped: Sequence[Skipped]) -> None:
        self.skipped += len(skipped)
        if has_numbers(self.feed):
            for row in skipped:
                if is_scaled(row.text):
                    raise scaled(self.source.name, row.text)
        self.told += [(batch, row) for row in skipped]
        self.told = sorted(self.told, key=itemgetter(0))[:MOST_TOLD]

    def _mend(self, rejects: Sequence[Reject]) -> list[Reject]:
        self.read += len(rejects)
        self.rejected += len(rejects)
        for reject in rejects:
            self.reasons.update({reason.code for reason in reject.reasons})
        is_hardly_good = self.passed < limits.LEAST_GOOD_SHARE * self.read
        if is_hardly_good and self.rejected >= limits.REJECTS_TRIED:
            raise self._hardly_any_is_good()
        return list(takewhile(self._is_kept, rejects))

    def _is_kept(self, reject: Reject) -> bool:
        """Whether there is still room for it: what is beyond is only counted."""
        if self.kept_rejects >= limits.REJECTS_KEPT or self.kept_bytes >= limits.REJECTS_KEPT_BYTES:
            return False
        self.kept_rejects += 1
        self.kept_bytes += sum(map(len, reject.text.values()))
        return True

    def _hardly_any_is_good(self) -> UnreadableFile:
        code, count = self.reasons.most_common(1)[0]
        return UnreadableFile(
            f"{self.source.name}：讀了 {self.read:,} 列就退回 {self.rejected:,} 列"
            f"（最多的原因：{code} {count:,}）；請確認資料種類、欄位和設定檔",
            f"{self.source.name}: of the first {self.read:,} rows {self.rejected:,} are refused "
            f"(most of them: {code} {count:,}); check the kind of records, columns and profile",
        )

    def account(self) -> Account:
        """Where each line of the file went. Raises UnreadableFile when one is missing."""
        header, counts = self.source.header, self.counts
        account = Account(
            counts.lines,
            header.rows,
            header.title,
            header.blank + counts.blank,
            self.skipped,
            self.read,
            header.in_cells + counts.in_cells,
        )
        if not account.adds_up:
            raise unaccounted(self.source.name, account)
        return account

    def restore(self, cells: Sequence[Restored]) -> None:
        """Count cells of mended rows that are read as they were."""
        self.restored += len(cells)
        self.first_restored += cells[: MOST_TOLD - len(self.first_restored)]

    def result(self) -> FileResult:
        """That of a file that has been read and checked, but not yet sorted out."""
        source = self.source
        told = sorted((row for _, row in self.told), key=attrgetter("row_number"))
        return FileResult(
            file=source.name,
            feed=self.feed.name,
            format=source.format,
            encoding=source.encoding,
            read=self.read,
            kept=self.passed,
            unchanged=0,
            duplicate=0,
            rejected=self.rejected,
            flagged=self.flagged,
            load=None,
            header_row=source.header.row_number,
            sha256=source.sha256,
            bytes=source.bytes,
            columns=source.columns,
            ignored=source.ignored,
            dropped=source.dropped,
            reasons=dict(self.reasons),
            account=self.account(),
            doubts=dict(self.doubts),
            orders=self.orders,
            rejects_left_out=self.rejected - self.kept_rejects,
            hidden_rows=self.counts.hidden,
            skipped=self.skipped,
            skipped_rows=[row.as_json() for row in told],
            sheet=source.sheet,
            unread_sheets=list(source.unread_sheets),
            entry=source.entry,
            profile=source.profile.text if source.profile else None,
            restored=self.restored,
            restored_cells=[cell.as_json() for cell in self.first_restored],
        )
