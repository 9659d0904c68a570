"""What became of a file: every row that was read is in exactly one of four counts."""

from dataclasses import asdict, dataclass, field
from typing import Any

from etl.commit.totals import TotalCheck
from etl.files.account import Account


@dataclass(frozen=True)
class FileResult:
    """read = kept + unchanged + duplicate + rejected. Kept rows are new or changed."""

    file: str
    feed: str
    format: str
    encoding: str
    read: int
    kept: int
    unchanged: int
    duplicate: int  # another row of this load, further on, has the same key
    rejected: int
    flagged: int  # of those kept or unchanged
    load: int | None  # None: nothing was published
    header_row: int
    sha256: str
    bytes: int
    columns: dict[str, str | None]  # header -> column of the feed; None: ignored
    ignored: list[str]
    dropped: list[str]  # headers of columns that look personal
    reasons: dict[str, int]  # code -> how many rejected rows have it
    account: Account  # where each line of the file went
    doubts: dict[str, int] = field(default_factory=dict)  # flag -> how many rows passed with it
    orders: dict[str, dict[str, str]] = field(default_factory=dict)  # how short years were read
    # feed.column -> how many of its values name a record that is nowhere, after the whole load.
    unknown: dict[str, int] = field(default_factory=dict)
    unknown_before: dict[str, int] = field(default_factory=dict)
    rejects_left_out: int = 0  # of those rejected, how many are counted and not kept to be mended
    hidden_rows: int = 0  # read although they are hidden or filtered away in their sheet
    skipped: int = 0  # subtotals, notes, repeated headers: no records, so not among those read
    skipped_rows: list[dict[str, str | int]] = field(default_factory=list)  # the first thousand
    sheet: str = ""  # the one that was read
    unread_sheets: list[str] = field(default_factory=list)  # others with something in them
    entry: str = ""  # the file inside a zip
    profile: str | None = None  # its text
    cleared: int = 0  # rejects of earlier loads that the whole load cleared
    refused_again: int = 0  # of the earlier rejects that came back with it, those refused anew
    restored: int = 0  # cells of mended rows that were not in error, read as they were
    restored_cells: list[dict[str, Any]] = field(default_factory=list)  # the first thousand
    taken_back: int = 0  # rows of the feed that its whole files lack; of the whole load
    taken_back_keys: list[dict[str, Any]] = field(default_factory=list)  # the first thousand
    seconds: float = 0.0
    totals: list[TotalCheck] = field(default_factory=list)

    @property
    def adds_up(self) -> bool:
        return self.read == self.kept + self.unchanged + self.duplicate + self.rejected

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "totals": [total.as_json() for total in self.totals]}


class RowsRejected(Exception):  # noqa: N818 (it says what happened)
    """A strict load had rejects, and nothing was published; `results` as of a dry run."""

    def __init__(self, results: list[FileResult]) -> None:
        super().__init__(f"{sum(result.rejected for result in results)} rows rejected")
        self.results = results
