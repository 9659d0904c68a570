"""Files that are the whole feed: rows of the store that they lack are taken back."""

from typing import Any

from sqlalchemy import Column, MetaData, Table, and_, exists, func, literal, select

from adoption.command import CommandError
from adoption.store import Writer
from adoption.store.schema import rejects
from etl.history.ledger import key_text
from etl.mapping.feeds import Feed

# A larger part of a feed is taken back only when somebody says so.
MOST_TAKEN_BACK = 0.05
# So many keys are named with the load.
MOST_LISTED = 1_000


def lacking(
    writer: Writer, feed: Feed, load_id: int, arriving: Table, most_taken_back: float
) -> Table:
    """The keys of the feed's rows that are not in `arriving`: a scratch table.

    A row that was refused was in the files, so what it is about stays; where that cannot be told,
    nothing goes unasked. Raises CommandError when more than `most_taken_back` of the rows would go.
    """
    key = [feed.table.c[name] for name in feed.key]
    gone = Table("gone", MetaData(), *[Column(column.name, column.type) for column in key])
    writer.scratch(gone)
    is_there = exists().where(and_(*[arriving.c[name] == feed.table.c[name] for name in feed.key]))
    is_refused = exists().where(
        rejects.c.load_id == load_id, rejects.c.key == key_text(feed, feed.table)
    )
    writer.insert(gone, select(*key).where(~is_there, ~is_refused))
    count, all_rows = _count(writer, gone), _count(writer, feed.table)
    untold = exists().where(rejects.c.load_id == load_id, rejects.c.key.is_(None))
    if count and most_taken_back < 1 and not writer.frame(select(literal(1)).where(untold)).empty:
        raise CommandError(
            f"--whole：檔案裡沒有 {count:,} 列，但有退回的列看不出是哪一筆，沒有載入；"
            "請先更正退回的列，若確定要收回這些列，請加上 --yes",
            f"--whole: the files lack {count:,} rows; of some rejects nobody can tell "
            "what record they are; nothing was loaded; correct them, or add --yes",
        )
    if count > most_taken_back * all_rows:
        raise CommandError(
            f"--whole：檔案裡沒有 {count:,} 列（全部 {all_rows:,} 列），"
            f"超過 {MOST_TAKEN_BACK:.0%}，沒有載入；若確定要收回這些列，請加上 --yes",
            f"--whole: the files lack {count:,} of {all_rows:,} rows, more than "
            f"{MOST_TAKEN_BACK:.0%}; nothing was loaded; with --yes they are taken back",
        )
    return gone


def take_back(writer: Writer, feed: Feed, gone: Table) -> list[dict[str, Any]]:
    """Remove the rows with the keys of `gone`; the keys."""
    same_key = and_(*[gone.c[name] == feed.table.c[name] for name in feed.key])
    writer.delete(feed.table, exists(select(literal(1)).select_from(gone).where(same_key)))
    query = select(*gone.c).order_by(*gone.c)
    return [key for batch in writer.batches(query) for key in batch.to_pylist()]


def _count(writer: Writer, table: Table) -> int:
    return int(writer.frame(select(func.count().label("n")).select_from(table))["n"].iloc[0])
