"""Systems: one integration record each."""

from adoption.store import schema
from etl.mapping.feeds.feed import (
    Feed,
    FeedColumn,
    ahead_column,
    event_column,
    in_order,
    provenance_column,
)
from etl.validation.values import code, name

SYSTEMS = Feed(
    schema.systems,
    "應用系統",
    (
        FeedColumn("system_code", code, ("系統代碼", "系統代號", "應用系統代碼")),
        FeedColumn("unit_code", code, ("單位代碼", "單位代號", "機關代碼", "機關代號")),
        FeedColumn("name", name, ("系統名稱", "應用系統名稱", "應用系統")),
        FeedColumn("name_en", name, ("英文名稱", "系統英文名稱")),
        FeedColumn("category", name, ("類別", "系統類別", "應用類別")),
        ahead_column("planned_on", "規劃日期", "規劃日"),
        event_column("testing_on", "測試日期", "測試日", "開始測試日期"),
        event_column("integrated_on", "導入日期", "導入日", "上線日期", "完成導入日期"),
        ahead_column("retired_on", "停用日期", "下線日期", "停止使用日期"),
        ahead_column("target_on", "預定導入日期", "預計導入日期", "目標日期", "預定完成日期"),
        provenance_column("file"),
    ),
    rules=in_order(
        "stages_out_of_order", "planned_on", "testing_on", "integrated_on", "retired_on"
    ),
)
