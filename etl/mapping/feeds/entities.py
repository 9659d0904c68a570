"""Entities: how many organisations are registered, the denominator of the adoption rate."""

from adoption.store import schema
from etl.mapping.feeds.feed import Feed, FeedColumn, provenance_column
from etl.validation.days import month
from etl.validation.values import county, whole_number
from etl.validation.vocabularies import ORG_TYPE

ENTITIES = Feed(
    schema.entities,
    "登記家數",
    (
        FeedColumn("month", month, ("月份", "年月", "統計月份", "統計年月"), days="ahead"),
        FeedColumn("county", county, ("縣市", "縣市別", "所在縣市", "登記縣市")),
        FeedColumn("org_type", ORG_TYPE, ("組織別", "組織型態", "組織類別", "組織種類")),
        FeedColumn("registered", whole_number, ("登記家數", "家數", "現有家數", "登記現有家數")),
        provenance_column(),
    ),
)
