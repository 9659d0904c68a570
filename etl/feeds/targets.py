"""Targets: goals that someone set for a metric."""

from adoption.store import schema
from etl.feeds.feed import Feed, FeedColumn, day_column
from etl.values import code, decimal, name

TARGETS = Feed(
    schema.targets,
    "目標",
    (
        FeedColumn("metric", code, ("指標", "指標代碼")),
        # '' is everything: an empty cell and a missing column mean the same.
        FeedColumn("scope", name, ("範圍", "對象"), default=""),
        day_column("due_on", "期限", "目標日期", "達成期限"),
        FeedColumn("value", decimal, ("目標值", "目標", "數值")),
    ),
)
