"""Systems: one integration record each."""

import pyarrow as pa
import pyarrow.compute as pc

from adoption.store import schema
from etl.mapping.feeds.feed import (
    UNIT_CODE_HEADERS,
    Feed,
    FeedColumn,
    Rule,
    ahead_column,
    event_column,
    in_order,
    lost_sign_rules,
    not_before_programme,
    provenance_column,
)
from etl.validation.values import code, name
from etl.validation.vocabularies import listed

_STAGES = ("planned_on", "testing_on", "integrated_on", "retired_on")


def _is_header(rows: pa.Table) -> pa.Array:
    """A header that is repeated: where the file has no days, every cell of it would do."""
    headers = pa.array(sorted({header for column in SYSTEMS.columns for header in column.headers}))
    return pc.and_(pc.is_in(rows["system_code"], headers), pc.is_in(rows["name"], headers))


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
        ahead_column("retired_on", "下線日期", "下線日", "停用日期", "停用日", "停止使用日期"),
        ahead_column(
            "target_on",
            *listed(
                "預定導入日期、預定導入日、預計導入日期、預計導入日、預定上線日期、預計上線日期、"
                "目標日期、預定完成日期、target"
            ),
        ),
        provenance_column("file"),
    ),
    rules=(
        *in_order("stages_out_of_order", *_STAGES),
        *lost_sign_rules("name", "category"),
        *not_before_programme(*_STAGES, "target_on"),
        Rule("bad_code", "system_code", _is_header),
    ),
)
