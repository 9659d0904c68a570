"""Entities: how many organisations are registered, the denominator of the adoption rate."""

from adoption.store import schema
from etl.mapping.feeds.feed import (
    COUNTY_HEADERS,
    ORG_TYPE_HEADERS,
    Feed,
    FeedColumn,
    not_before_programme,
    provenance_column,
)
from etl.validation.days import month
from etl.validation.values import county, whole_number
from etl.validation.vocabularies import ORG_TYPE, listed

ENTITIES = Feed(
    schema.entities,
    "登記家數",
    (
        FeedColumn(
            "month",
            month,
            listed("月份、年月、統計月份、統計年月、統計月、資料年月、資料月份、月別"),
            days="ahead",
        ),
        FeedColumn("county", county, COUNTY_HEADERS),
        FeedColumn("org_type", ORG_TYPE, ORG_TYPE_HEADERS),
        FeedColumn(
            "registered",
            whole_number,
            listed(
                "登記家數、家數、現有家數、登記現有家數、現有登記家數、登記數、登記總家數、"
                "期末家數、registered entities"
            ),
        ),
        provenance_column(),
    ),
    rules=not_before_programme("month"),
)
