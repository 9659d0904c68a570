"""Systems: one integration record each."""

from adoption.store import schema
from etl.mapping.feeds.feed import (
    UNIT_CODE_HEADERS,
    Feed,
    FeedColumn,
    ahead_column,
    event_column,
    in_order,
    provenance_column,
)
from etl.validation.values import code, name
from etl.validation.vocabularies import listed

SYSTEMS = Feed(
    schema.systems,
    "應用系統",
    (
        FeedColumn(
            "system_code",
            code,
            listed("系統代碼、系統代號、系統編號、應用系統代碼、應用系統代號、應用系統編號"),
        ),
        FeedColumn(
            "unit_code",
            code,
            (*(*UNIT_CODE_HEADERS, "主管單位代碼", "所屬單位代碼", "導入單位代碼"),),
        ),
        FeedColumn(
            "name", name, listed("系統名稱、應用系統名稱、應用系統、名稱、system、system name")
        ),
        FeedColumn("name_en", name, ("英文名稱", "系統英文名稱", "english name")),
        FeedColumn(
            "category",
            name,
            listed("類別、系統類別、應用類別、系統分類、分類、系統種類、業務類別"),
        ),
        ahead_column("planned_on", "規劃日期", "規劃日", "開始規劃日期"),
        event_column(
            "testing_on", "測試日期", "測試日", "開始測試日期", "測試開始日期", "試辦日期"
        ),
        event_column(
            "integrated_on",
            *listed(
                "導入日期、導入日、上線日期、上線日、正式上線日期、完成導入日期、導入完成日期、"
                "介接日期"
            ),
        ),
        ahead_column("retired_on", "停用日期", "停用日", "下線日期", "下線日", "停止使用日期"),
        ahead_column(
            "target_on",
            *listed(
                "預定導入日期、預定導入日、預計導入日期、預計導入日、預定上線日期、預計上線日期、"
                "目標日期、預定完成日期、target"
            ),
        ),
        provenance_column("file"),
    ),
    rules=in_order(
        "stages_out_of_order", "planned_on", "testing_on", "integrated_on", "retired_on"
    ),
)
