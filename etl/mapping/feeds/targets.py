"""Targets: goals that someone set for a number, or for a part of it."""

import re

from adoption.store import schema
from etl.mapping.feeds.feed import (
    Feed,
    FeedColumn,
    ahead_column,
    lost_sign_rules,
    not_before_programme,
    provenance_column,
)
from etl.validation.values import BadValue, county, decimal, fold, name
from etl.validation.vocabularies import ORG_TYPE, SIDE

_EVERYTHING = ("全部", "all", "全國", "全體")


def metric(text: str) -> str:
    """A number by its key, or as a title calls it, without the unit after it: 有效憑證（張）."""
    return re.sub(r"\s*\([^()]*\)$", "", fold(name(text)))


def scope(text: str) -> str:
    """A part by the word of the records (side, kind of organisation, county), else as written;
    '' for everything."""
    if fold(text).casefold() in _EVERYTHING:
        return ""
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
        FeedColumn("metric", metric, ("指標", "指標代碼", "指標名稱", "目標項目")),
        # '' is everything: an empty cell and a missing column mean the same.
        FeedColumn("scope", scope, ("範圍", "對象", "適用範圍", "對象別"), default=""),
        ahead_column("due_on", "期限", "目標日期", "達成期限", "達成日期"),
        FeedColumn("value", decimal, ("目標值", "目標", "數值", "目標數", "target value")),
        provenance_column(),
    ),
    rules=(*not_before_programme("due_on"), *lost_sign_rules("metric")),
)
