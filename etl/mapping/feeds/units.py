"""Units: the organisations whose systems integrate the certificate."""

from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from adoption.store import schema
from etl.mapping.feeds.feed import (
    UNIT_CODE_HEADERS,
    Feed,
    FeedColumn,
    Rule,
    in_order,
    lost_sign_rules,
    provenance_column,
)
from etl.validation.days import day
from etl.validation.values import code, name
from etl.validation.vocabularies import SECTOR, SIDE, listed

_DAYS = ("valid_from", "valid_to")


def _is_of_the_nineties(name: str, rows: pa.Table) -> pa.Array:
    """1997 may be the year 97 (民國) that a program took for another: here either can be meant."""
    year = pc.year(rows[name])
    return pc.and_(pc.greater_equal(year, 1992), pc.less(year, 2000))


UNITS = Feed(
    schema.units,
    "單位",
    (
        FeedColumn("unit_code", code, UNIT_CODE_HEADERS),
        FeedColumn(
            "name",
            name,
            listed("單位名稱、機關名稱、單位、機關、名稱、單位全銜、機關全銜、unit、unit name"),
        ),
        FeedColumn("name_en", name, ("英文名稱", "單位英文名稱", "機關英文名稱", "english name")),
        FeedColumn("side", SIDE, listed("類別、單位類別、機關類別、導入對象、對象、對象別")),
        FeedColumn("sector", SECTOR, listed("部門別、公私部門、公私別、性質、單位性質、機關性質")),
        FeedColumn(
            "valid_from", day, ("生效日期", "生效日", "名稱生效日", "啟用日期", "起日"), days="any"
        ),
        FeedColumn("valid_to", day, ("失效日期", "失效日", "名稱失效日", "迄日"), days="any"),
        provenance_column("file"),
    ),
    rules=(
        *lost_sign_rules("name"),
        *in_order("valid_to_before_from", "valid_from", "valid_to"),
        *(
            Rule("widened_year", name, partial(_is_of_the_nineties, name), flags=True)
            for name in _DAYS
        ),
    ),
)
