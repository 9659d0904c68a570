"""Files of a job of which somebody has to say what they are, or whose column is which."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adoption.jobs.guess import guess_feed
from etl.mapping.feeds import FEEDS, Feed
from etl.mapping.first_rows import FirstRows, rows_of
from etl.mapping.headers import ColumnTwice, UnfitFile
from etl.mapping.profile import Profile
from etl.mapping.source_file import Opened, columns_as, kept_for, opened
from etl.mapping.suggestions import Suggestions, likeliest_feed, suggestions

ROWS_SHOWN = 20


def feed_of(file: Opened, name: str, stated: Feed | None, kept: Sequence[Profile]) -> Feed | None:
    """What the file is, if it can be read as that; None: somebody has to say.

    Raises UnreadableFile for what nobody's word would help.
    """
    fitting = kept_for(file, [each for each in kept if stated in (None, FEEDS[each.feed])])
    if fitting:
        return FEEDS[fitting.feed]
    try:
        if stated is None:
            return guess_feed(file, name)
        columns_as(file, stated)
    except (UnfitFile, ColumnTwice):
        return None
    return stated


def question(
    path: Path, place: int, name: str, stated: Feed | None, kept: Sequence[Profile]
) -> dict[str, Any]:
    """The first rows of the file at `place` of the job, and for each feed which header each column
    likely is and why. `feed` is the likeliest, None for no guess; `profile` is the
    name of that by which the file is read now, `title` its title."""
    file = opened(path)
    head = rows_of(file, [stated] if stated else list(FEEDS.values()), name)
    profile = kept_for(file, kept)
    likeliest = likeliest_feed(head)
    feed = stated or (FEEDS[profile.feed] if profile else likeliest and likeliest.feed)
    suggested = {
        each.name: _columns(suggestions(each, head), profile if each is feed else None)
        for each in FEEDS.values()
    }
    return {
        "place": place,
        "name": name,
        "feed": feed.name if feed else None,
        "profile": profile.name if profile else None,
        "title": profile.title.zh if profile else "",
        **_shown(head),
        "suggested": suggested,
    }


def _shown(head: FirstRows) -> dict[str, Any]:
    return {
        "sheet": head.sheet,
        "header_row": head.header_row,
        "headers": list(head.headers),
        "rows": [list(row) for row in head.rows[:ROWS_SHOWN]],
    }


def _columns(found: Suggestions, profile: Profile | None) -> dict[str, dict[str, Any]]:
    """Column -> header and reasons; what a profile says comes before what is likely."""
    said = {c.name: c.source for c in profile.columns} if profile else {}
    columns = {each.column: each.as_json() for each in found.columns}
    for name, header in said.items():
        columns[name] = {"column": name, "header": header, "reasons": []}
    return columns
