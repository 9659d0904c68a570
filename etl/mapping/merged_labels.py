"""Merged cells: in which columns their text labels each of the rows (or cells) they reach over.

A number is no label: a count that stands over two rows is not twice that count. Nor is the one
column that tells records apart: two rows are not the same certificate.
"""

from collections.abc import Sequence

from etl.files.spreadsheet import Wanted
from etl.mapping.feeds import Feed
from etl.mapping.headers import Header
from etl.validation.days import day
from etl.validation.values import decimal, whole_number

_NUMBERS = (whole_number, decimal)


def wanted_rows(feed: Feed, headers: Sequence[Header], sheet: int, after: int) -> Wanted:
    """What of a sheet is to be read, with its labels filled in; `after`: the header's row."""
    own = [h for h in headers if not h.is_derived]
    return Wanted(
        sheet,
        after,
        tuple(at for at, h in enumerate(own) if h.column and _labels_down(feed, h.column)),
        tuple(at for at, h in enumerate(own) if h.column and _labels_right(feed, h.column)),
        tuple(at for at, h in enumerate(own) if h.column or h.is_source),
    )


def _labels_down(feed: Feed, name: str) -> bool:
    return feed.column(name).parse not in _NUMBERS and feed.key != [name]


def _labels_right(feed: Feed, name: str) -> bool:
    """Days next to one another mean different things: one of them says nothing of the other."""
    return (
        _labels_down(feed, name) and feed.is_required(name) and feed.column(name).parse is not day
    )
