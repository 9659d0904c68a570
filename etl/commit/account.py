"""What a load tells about rows that it kept: what they are doubted for, how days were read."""

from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc

from etl.mapping.feeds import Feed
from etl.validation.short_years import ORDERS, ShortYear
from etl.validation.validate import Memory


def flags_of(kept: pa.Table) -> Counter[str]:
    """Code -> how many of the rows are flagged with it."""
    found: Counter[str] = Counter()
    for counted in pc.value_counts(kept["flags"].drop_null()).to_pylist():
        for code in counted["values"].split(","):
            found[code] += counted["counts"]
    return found


def orders_told(feed: Feed, memory: Memory) -> dict[str, dict[str, str]]:
    """Column -> in which order its days with short years were read, with one of them."""
    told: dict[str, dict[str, str]] = {}
    for column, order in memory.evidence.settled().items():
        seen = memory.of(column).items()
        text, outcome = next((t, o) for t, o in seen if isinstance(o, ShortYear))
        day = outcome.readings[order]
        zh, en = ORDERS[order]
        header = feed.column(column).headers[0]
        told[column] = {
            "order": order,
            "zh": f"「{header}」的短年份整欄只有一種讀法，當作{zh}：{text} 是 {day}",
            "en": f"{column}: all its values together admit {en} only, so {text} is {day}",
        }
    return told
