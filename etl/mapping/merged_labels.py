"""Merged cells: in which columns their text labels each of the rows (or cells) they reach over.

A number is no label: a count that stands over two rows is not twice that count. Nor is the one
column that tells records apart: two rows are not the same certificate.
"""

from collections.abc import Callable, Sequence

from etl.files.spreadsheet import Wanted
from etl.mapping.feeds import Feed
from etl.mapping.headers import Header, derived_text
from etl.validation.days import day
from etl.validation.values import decimal, whole_number

_NUMBERS = (whole_number, decimal)


def wanted_rows(feed: Feed, headers: Sequence[Header], sheet: int, after: int) -> Wanted:
    """What of a sheet is to be read, with its labels filled in; `after`: the header's row."""
    fed = [(h, _fed_by(h, headers)) for h in headers if not h.is_derived]

    def where(labels: Callable[[Feed, str], bool]) -> tuple[int, ...]:
        return tuple(
            at
            for at, (_, names) in enumerate(fed)
            if names and all(labels(feed, name) for name in names)
        )

    read = tuple(at for at, (h, _) in enumerate(fed) if h.column or h.is_source)
    return Wanted(sheet, after, where(_labels_down), where(_labels_right), read)


def _fed_by(header: Header, headers: Sequence[Header]) -> list[str]:
    """The columns of the feed that come from one of the file's own, some by way of a profile."""
    made = [h.column for h in headers if h.is_derived and h.column]
    texts = {h.text for h in headers if h.is_derived}
    of_it = [name for name in made if derived_text(name, header.text) in texts]
    return [*([header.column] if header.column else []), *of_it]


def _labels_down(feed: Feed, name: str) -> bool:
    return feed.column(name).parse not in _NUMBERS and feed.key != [name]


def _labels_right(feed: Feed, name: str) -> bool:
    """Days next to one another mean different things: one of them says nothing of the other."""
    return (
        _labels_down(feed, name) and feed.is_required(name) and feed.column(name).parse is not day
    )
