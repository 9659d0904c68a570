"""Units: the organisations whose systems integrate the certificate."""

from adoption.store import schema
from etl.mapping.feeds.feed import Feed, FeedColumn, in_order, provenance_column
from etl.validation.days import day
from etl.validation.values import code, name
from etl.validation.vocabularies import SECTOR, SIDE

UNITS = Feed(
    schema.units,
    "單位",
    (
        FeedColumn("unit_code", code, ("單位代碼", "單位代號", "機關代碼", "機關代號")),
        FeedColumn("name", name, ("單位名稱", "機關名稱", "單位", "機關")),
        FeedColumn("name_en", name, ("英文名稱", "單位英文名稱", "機關英文名稱")),
        FeedColumn("side", SIDE, ("類別", "單位類別", "機關類別")),
        FeedColumn("sector", SECTOR, ("部門別", "公私部門", "性質")),
        FeedColumn("valid_from", day, ("生效日期", "名稱生效日", "起日"), days="any"),
        FeedColumn("valid_to", day, ("失效日期", "名稱失效日", "迄日"), days="any"),
        provenance_column("file"),
    ),
    rules=in_order("valid_to_before_from", "valid_from", "valid_to"),
)
