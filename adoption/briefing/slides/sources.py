"""Where the numbers come from: the files that were loaded."""

import pandas as pd

from adoption.briefing.asked import Asked
from adoption.briefing.content import Slide, Table
from adoption.formats import moment_text, number_text, short_day_text
from adoption.store.schema import FEEDS
from adoption.text.fit import shortened

MOST_EMS = 26  # of a file's name


def sources(asked: Asked) -> Slide:
    loads = asked.records.loads
    title = asked.say_of(
        len(loads),
        "Sources: {count} file loaded",
        "Sources: {count} files loaded",
        count=number_text(len(loads)),
    )
    says = []
    if asked.records.is_sample:
        says.append(asked.say("Some records are samples: these are not the real figures."))
    if loads.empty:
        says.append(asked.say("Nothing has been loaded yet."))
        return Slide("sources", asked.say("Sources"), says=tuple(says))
    columns: tuple[str, ...] = (
        asked.say("Kind"),
        asked.say("Files"),
        asked.say("Latest file"),
        asked.say("Load"),
        asked.say("When"),
        asked.say("Complete up to"),
    )
    found = [_row(asked, feed, loads[loads["feed"] == feed]) for feed in FEEDS]
    rows = [row for row in found if row]
    if not any(row[-1] for row in rows):  # no load says up to when it is complete
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    table = Table(asked.say("Files by kind"), columns, tuple(rows))
    return Slide("sources", title, says=tuple(says), tables=(table,))


def _row(asked: Asked, feed: str, loads: pd.DataFrame) -> tuple[str | int, ...] | None:
    """How many files of the feed there are, and the one that was loaded last."""
    if loads.empty:
        return None
    latest = loads.iloc[0]
    moment = pd.Timestamp(latest["loaded_at"]).to_pydatetime()
    cut_off = latest["cut_off"]
    return (
        asked.records.feed_name(feed, asked.language),
        len(loads),
        shortened(latest["file"], MOST_EMS),
        int(latest["load_id"]),
        moment_text(moment, asked.language),
        "" if pd.isna(cut_off) else short_day_text(cut_off, asked.language),
    )
