"""Serials of hexadecimal form: 3D4E, 3d4e and 3D:4E are one key.

They are when a profile says so, or when the records show it: every serial of the certificates that
are there and arrive is made of hexadecimal digits, in pairs where there are signs between them, and
some digit is a letter. Suspensions and reminders go by the certificates, or while there are none by
themselves. Numbers alone are never folded: 12:34 and 1234 may be two.

Kept is the form in capitals without signs, and beside it, where it is another, how a certificate's
serial was recorded: that is what pages, lists and exports show. `changes` and the keys of rows that
were taken back have the form that is kept.
"""

import re
from typing import Any

import pyarrow as pa
from sqlalchemy import (
    Column,
    ColumnElement,
    MetaData,
    Table,
    case,
    func,
    literal,
    not_,
    or_,
    select,
)

from adoption.store import Writer
from adoption.store.schema import certificates, rejects
from etl.commit.reconcile import arriving_table
from etl.history.corrections import KEY_SEPARATOR
from etl.mapping.feeds import Feed

_FORM = r"[0-9A-Fa-f]+|[0-9A-Fa-f]{2}([: -][0-9A-Fa-f]{2})+"
_FOLDED = "[0-9A-F]+"
_LETTER = "[A-Fa-f]"
_SIGNS = "[: -]"
_COLUMNS = {
    "certificates": ("serial", "replaces"),
    "suspensions": ("serial",),
    "reminders": ("serial",),
}


def folded_serials(
    writer: Writer,
    feed: Feed,
    load_id: int,
    rows: Table,
    *,
    is_stated: bool,
    has_rejects: bool,
    is_file: bool = False,
) -> Table:
    """`rows`, just arrived, with their serials folded where they are hexadecimal; the same table
    where nothing changes, else it or (`is_file`: it cannot be written to) another.

    `has_rejects`: the load has some, whose keys are folded as well.
    """
    columns = [rows.c[name] for name in _COLUMNS.get(feed.name, ())]
    if not columns:
        return rows
    differs = writer.has_rows(select(literal(1)).where(or_(*[_fold(c) != c for c in columns])))
    keys = _reject_keys_to_fold(writer, load_id) if has_rejects else []
    if not (differs or keys):
        return rows
    if not is_stated and not _is_hexadecimal(writer, feed, rows, columns):
        return rows
    _fold_reject_keys(writer, keys)
    if not differs:
        return rows
    if is_file:
        copied = arriving_table(feed, "folded")
        writer.scratch(copied)
        writer.insert(copied, select(*rows.c))
        rows = copied
    _write(writer, feed, rows)
    return rows


def _fold(column: ColumnElement[Any]) -> ColumnElement[str]:
    """Only what is of hexadecimal form: in a stated column something else may stand."""
    folded = func.upper(func.regexp_replace(column, literal(_SIGNS), literal(""), literal("g")))
    return case((func.regexp_full_match(column, literal(_FORM)), folded), else_=column)


def _is_hexadecimal(writer: Writer, feed: Feed, rows: Table, columns: list[Column[Any]]) -> bool:
    if writer.has_rows(select(literal(1)).where(certificates.c.recorded_serial.is_not(None))):
        return True  # settled when the first was folded, whatever else comes later
    there = certificates.c.serial
    has_certificates = writer.has_rows(select(literal(1)).select_from(certificates))
    is_other = not_(func.regexp_full_match(there, literal(_FOLDED)))
    if has_certificates and writer.has_rows(select(literal(1)).where(is_other)):
        return False
    has_letter = writer.has_rows(select(literal(1)).where(_has_letter(there)))
    if feed.name != "certificates" and has_certificates:
        return has_letter
    odd = [not_(func.regexp_full_match(column, literal(_FORM))) for column in columns]
    if writer.has_rows(select(literal(1)).where(or_(*odd))):
        return False
    return has_letter or writer.has_rows(select(literal(1)).where(or_(*map(_has_letter, columns))))


def _has_letter(column: ColumnElement[Any]) -> ColumnElement[bool]:
    found: ColumnElement[bool] = func.regexp_matches(column, literal(_LETTER))
    return found


def _write(writer: Writer, feed: Feed, rows: Table) -> None:
    values: dict[str, Any] = {name: _fold(rows.c[name]) for name in _COLUMNS[feed.name]}
    serial = rows.c.serial
    if feed.table is certificates:
        values["recorded_serial"] = case((_fold(serial) != serial, serial))
    writer.assign(rows, values)


def _reject_keys_to_fold(writer: Writer, load_id: int) -> list[dict[str, Any]]:
    """The rejects of the load whose keys folding changes, with the keys as they are then."""
    query = select(*rejects.primary_key.columns, rejects.c.key).where(
        rejects.c.load_id == load_id, rejects.c.key.is_not(None)
    )
    found = [row for batch in writer.batches(query) for row in batch.to_pylist()]
    folded = [{**row, "key": _folded_key(row["key"])} for row in found]
    return [new for new, old in zip(folded, found, strict=True) if new != old]


def _folded_key(key: str) -> str:
    serial, *rest = key.split(KEY_SEPARATOR)
    if re.fullmatch(_FORM, serial):
        serial = re.sub(_SIGNS, "", serial).upper()
    return KEY_SEPARATOR.join([serial, *rest])


def _fold_reject_keys(writer: Writer, rows: list[dict[str, Any]]) -> None:
    """As the rows that will clear them have theirs."""
    if not rows:
        return
    key = [*rejects.primary_key.columns, rejects.c.key]
    new = Table("folded_keys", MetaData(), *[Column(c.name, c.type) for c in key])
    writer.scratch(new)
    writer.append(new, pa.Table.from_pylist(rows))
    writer.update(rejects, select(*new.c))
