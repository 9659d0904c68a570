"""Targets: goals that someone set for a number, or for a part of it."""

from adoption.store import schema
from etl.mapping.feeds.feed import Feed, FeedColumn, ahead_column, provenance_column
from etl.validation.values import BadValue, code, county, decimal, name
from etl.validation.vocabularies import ORG_TYPE, SIDE


def scope(text: str) -> str:
    """A part by the word of the records (side, kind of organisation, county), else as written."""
    for parse in (SIDE, ORG_TYPE, county):
        try:
            return parse(text)
        except BadValue:
            continue
    return name(text)


TARGETS = Feed(
    schema.targets,
    "目標",
    (
        FeedColumn("metric", code, ("指標", "指標代碼")),
        # '' is everything: an empty cell and a missing column mean the same.
        FeedColumn("scope", scope, ("範圍", "對象"), default=""),
        ahead_column("due_on", "期限", "目標日期", "達成期限"),
        FeedColumn("value", decimal, ("目標值", "目標", "數值")),
        provenance_column(),
    ),
)
