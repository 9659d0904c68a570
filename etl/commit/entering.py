"""What a load does to records and rejects; its row of the ledger is still to be written."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Table, func, select

from adoption.command import CommandError
from adoption.store import Writer
from adoption.store.schema import certificates, rejects
from etl.commit.ingest import READING_SHARE, Progress, Returned, Taken, take_in
from etl.commit.link import insert_linked, merge_linked
from etl.commit.reconcile import arriving_table, count_keys, keep
from etl.commit.references import look_again, unknown
from etl.commit.result import FileResult
from etl.commit.serials import folded_serials
from etl.commit.totals import keep_bundled
from etl.commit.whole import MOST_LISTED, lacking, take_back
from etl.history import ledger
from etl.mapping.feeds import Feed
from etl.mapping.source_file import SourceFile


@dataclass
class Entering:
    """A load on its way into the store.

    `today`: the day on which its files are loaded, or were first. `most_taken_back`: they are the
    whole feed, see `load`.
    """

    writer: Writer
    feed: Feed
    sources: Sequence[SourceFile]
    load_id: int
    progress: Progress
    today: date
    most_taken_back: float | None = None
    _returned: Returned = field(default_factory=Returned)
    _unknown: dict[str, int] = field(default_factory=dict)  # what names records that are nowhere

    def enter(self) -> list[FileResult]:
        """A result for each file. Raises AssertionError when a row is in none of the counts."""
        writer, feed = self.writer, self.feed
        before = self._unknown = unknown(writer)
        had_rejects = writer.has_rows(select(rejects.c.load_id))
        results, accepted = self._write()
        keep_bundled(writer)
        for result in results:
            if not result.adds_up:
                raise AssertionError(f"{result.file}: rows are missing, nothing was kept: {result}")
        cleared = again = 0
        if had_rejects:
            came, refused = self._returned.claimed, self._returned.refused
            cleared, again = ledger.clear_rejects(
                writer, self.load_id, feed, accepted, came, refused
            )
            files = [(source.sha256, source.sheet) for source in self.sources]
            ledger.replace_rejects(writer, self.load_id, feed.name, files)
        return [
            replace(
                result,
                cleared=cleared,
                refused_again=again,
                unknown=self._unknown,
                unknown_before=before,
            )
            for result in results
        ]

    def _write(self) -> tuple[list[FileResult], Table]:
        """Also the table that holds every row that passed the check."""
        is_first = not self.writer.has_rows(select(self.feed.table.c.load_id))
        results = self._first() if is_first else None
        if results is not None:
            return results, self.feed.table
        arriving = arriving_table(self.feed)
        return self._sorted_out(arriving, is_first=is_first), arriving

    def _taken_into(self, table: Table) -> Taken:
        return take_in(
            self.writer,
            self.feed,
            self.sources,
            self.load_id,
            self._returned,
            self.progress,
            self.today,
            table,
        )

    def _folded(self, rows: Table, taken: Taken, *, is_file: bool = False) -> Table:
        profiles = [source.profile for source in self.sources if source.profile is not None]
        is_stated = any(profile.has_hexadecimal_serials for profile in profiles)
        return folded_serials(
            self.writer,
            self.feed,
            self.load_id,
            rows,
            is_stated=is_stated,
            has_rejects=any(result.rejected for result in taken.results),
            is_file=is_file,
        )

    def _first(self) -> list[FileResult] | None:
        """Straight into the feed's own table, which is empty: one writing of the rows, not two.
        Certificates wait in a file until they are linked.

        None when a key came twice; then nothing of it is left.
        """
        writer, feed = self.writer, self.feed
        into = feed.table
        if into is certificates:
            into = arriving_table(feed, f"spooled_{self.load_id}")
            writer.spool(into)
        taken = self._taken_into(into)
        if into is not feed.table:
            writer.complete(into)
        rows = writer.frame(select(func.count().label("rows")).select_from(into))["rows"].iloc[0]
        if sum(result.kept for result in taken.results) != rows:
            raise AssertionError(f"{feed.name}: {rows} rows were kept of {taken.results}")
        arrived, into = into, self._folded(into, taken, is_file=into is not feed.table)
        # Serials that rise as they are written may be the same when they are folded.
        is_rising = taken.is_rising and into is arrived
        if is_rising or count_keys(writer, feed, into) == rows:
            if into is not feed.table and rows:
                self.progress("keep", READING_SHARE)
                insert_linked(writer, into, is_rising=is_rising)
            self._unknown = look_again(writer, feed, feed.table, None, self._unknown)
            return taken.results
        writer.delete(feed.table, feed.table.c.load_id.is_not(None))
        writer.delete(rejects, rejects.c.load_id == self.load_id)
        return None

    def _sorted_out(self, arriving: Table, *, is_first: bool) -> list[FileResult]:
        """By way of a scratch table, where repeated and unchanged rows are told from new ones."""
        writer, feed = self.writer, self.feed
        writer.scratch(arriving)
        taken = self._taken_into(arriving)
        self._folded(arriving, taken)
        self.progress("keep", READING_SHARE)
        sorted_out = keep(writer, feed, arriving)
        self.progress("keep", 0.7)
        incoming = sorted_out.incoming
        gone = None if is_first else self._lacking(arriving, taken)
        if feed.table is not certificates:
            writer.merge(feed.table, select(*[incoming.c[each.name] for each in feed.table.c]))
        elif is_first:
            insert_linked(writer, incoming)
        else:
            merge_linked(writer, incoming, gone)
        taken_back = take_back(writer, feed, gone) if gone is not None else []
        self._unknown = look_again(writer, feed, incoming, gone, self._unknown)
        return [
            replace(
                result,
                kept=sorted_out.kept.get(number, 0),
                unchanged=sorted_out.unchanged.get(number, 0),
                duplicate=sorted_out.duplicate.get(number, 0),
                flagged=sorted_out.flagged.get(number, 0),
                taken_back=len(taken_back),
                taken_back_keys=taken_back[:MOST_LISTED],
            )
            for number, result in enumerate(taken.results, 1)
        ]

    def _lacking(self, arriving: Table, taken: Taken) -> Table | None:
        """Keys of the feed that files which are all of it do not have."""
        if self.most_taken_back is None:
            return None
        if any(result.rejects_left_out for result in taken.results):
            raise CommandError(
                "--whole：退回的列太多，看不出檔案缺了哪些列，沒有載入；請改正原因再試",
                "--whole: too many rows are rejected to tell what the files lack; nothing was "
                "loaded; correct the cause",
            )
        return lacking(self.writer, self.feed, self.load_id, arriving, self.most_taken_back)
