"""Values that name a record which is nowhere: kept in a table of their own, small, and looked at
again after each load.

A load costs what it changes: its own rows are looked up in what they refer to, and what was unknown
is looked up in its rows. Only the first load of a feed compares whole tables; while something is
unknown, a load of the feed looks through its column for what is named no more.
"""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Select, Table, and_, exists, func, literal, select

from adoption.store import Reader, Writer
from adoption.store.schema import unknown_references
from etl.mapping.feeds import Feed
from etl.mapping.feeds.references import REFERENCES, Reference

_u = unknown_references.c


def unknown(reader: Reader) -> dict[str, int]:
    """`feed.column` -> how many of its values are nowhere; without those that have none."""
    column = (_u.feed, _u.column_name)
    rows = reader.frame(select(*column, func.count().label("n")).group_by(*column))
    names = rows["feed"] + "." + rows["column_name"]
    found = {str(name): int(n) for name, n in zip(names, rows["n"], strict=True)}
    return {each.name: found[each.name] for each in REFERENCES if each.name in found}


def look_again(
    writer: Writer, feed: Feed, arrived: Table, gone: Table | None, before: Mapping[str, int]
) -> dict[str, int]:
    """After a load of `feed`: `arrived` holds the rows that are new or changed, `gone` the keys of
    those that were taken back, `before` is what was `unknown` by then. What is by now.

    Most loads find nothing, and a statement costs more than all of their rows.
    """
    is_same = True
    for reference in REFERENCES:
        is_known = not before.get(reference.name)
        if reference.target == feed.name:
            if not is_known:
                _forget_found(writer, reference, arrived)
            if gone is not None:
                _add_those_that_named(writer, reference, gone)
                is_known = False
        if reference.feed == feed.name:
            named = reference.in_rows(arrived)
            if writer.has_rows(select(named).where(named.is_not(None))):
                _add(writer, reference, named)
                is_known = False
            if not is_known:
                _forget_unused(writer, reference)
        is_same = is_same and is_known
    return dict(before) if is_same else unknown(writer)


def _is_of(reference: Reference) -> ColumnElement[bool]:
    return and_(_u.feed == reference.feed, _u.column_name == reference.column)


def _add(writer: Writer, reference: Reference, values: ColumnElement[str]) -> None:
    """Those of `values` that are nowhere, and not known to be."""
    rows = select(values.label("value")).where(values.is_not(None))
    named = rows.distinct().subquery("named")
    nowhere = (
        select(literal(reference.feed), literal(reference.column), named.c.value)
        .where(~exists().where(reference.key == named.c.value))
        .where(~exists().where(_is_of(reference), _u.value == named.c.value))
    )
    writer.insert(unknown_references, _labelled(nowhere))


def _add_those_that_named(writer: Writer, reference: Reference, gone: Table) -> None:
    key = gone.c[reference.key.name]
    named = select(reference.source.label("value")).where(exists().where(key == reference.source))
    _add(writer, reference, named.distinct().subquery("of_gone").c.value)


def _labelled(query: Select[tuple[str, str, str]]) -> Select[tuple[str, str, str]]:
    rows = query.subquery("nowhere")
    columns = zip(unknown_references.c, rows.c, strict=True)
    return select(*[value.label(column.name) for column, value in columns])


def _forget_found(writer: Writer, reference: Reference, arrived: Table) -> None:
    is_there = exists().where(arrived.c[reference.key.name] == _u.value)
    writer.delete(unknown_references, and_(_is_of(reference), is_there))


def _forget_unused(writer: Writer, reference: Reference) -> None:
    """What no row names any more, since it was corrected or taken back."""
    if writer.has_rows(select(_u.value).where(_is_of(reference))):
        is_named = exists().where(reference.source == _u.value)
        writer.delete(unknown_references, and_(_is_of(reference), ~is_named))
