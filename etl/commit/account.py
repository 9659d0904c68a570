"""What a load tells about rows that it kept: what they are doubted for, how days were read."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from adoption.language import LANGUAGES, Text
from etl.history.originals import NOT_COMPARED
from etl.mapping.feeds import Feed
from etl.mapping.headers import headers_of
from etl.validation.short_years import ORDERS, ShortYear
from etl.validation.validate import Memory

# What a flag doubts, in few words; in full: reasons.py.
DOUBTS: dict[str, Text] = {
    "unlikely_holder_id": Text("統一編號檢查碼不符", "holder_id fails its checksum"),
    "placeholder_holder_id": Text("統一編號八碼相同", "holder_id is one digit eight times"),
    "no_holder_id": Text("沒有統一編號（不計持有者）", "no holder_id (no holder counted)"),
    "unstated_org_type": Text("組織別未填", "org_type not stated"),
    "unstated_county": Text("縣市未填", "county not stated"),
    "unstated_card": Text("卡別未填", "card not stated"),
    "before_programme": Text("日期早於開辦", "before the programme"),
    "widened_year": Text("可能是民國年被改成西元", "perhaps an ROC year made 199x"),
    "lost_sign": Text("名稱有遺失的字", "a sign lost in a name"),
    "odd_serial": Text("序號可能被試算表當成數字", "serial perhaps taken for a number"),
    "odd_validity": Text("效期不是五年", "validity not five years"),
    "reason_without_end": Text("有終止原因、沒有日期", "reason without a day of ending"),
    "set_by_profile": Text("由設定檔推算或指定", "set by the profile"),
    NOT_COMPARED: Text("退回編號查無，未與原列核對", "its 退回編號 is unknown: not compared"),
}
_UNKNOWN: dict[str, Text] = {
    "systems.unit_code": Text(
        "應用系統的單位有 {n} 個不在單位資料裡，這些系統暫不計入",
        "units of systems nowhere in the records: {n}; those systems are in no number yet",
    ),
    "certificates.replaces": Text(
        "換發前序號有 {n} 個不在憑證資料裡", "serials in replaces nowhere in the records: {n}"
    ),
    "suspensions.serial": Text(
        "停用紀錄有 {n} 個序號不在憑證資料裡", "serials of suspensions nowhere in the records: {n}"
    ),
    "reminders.serial": Text(
        "寄送紀錄有 {n} 個序號不在憑證資料裡", "serials of reminders nowhere in the records: {n}"
    ),
}


def told(result: Mapping[str, Any]) -> list[Text]:
    """What the result of a file (as JSON) says beside its counts, a sentence each."""
    orders = [Text(order["zh"], order["en"]) for order in result["orders"].values()]
    counts = sorted(result["doubts"].items())
    zh, en = (
        [f"{DOUBTS[code][n]} {count:,}" for code, count in counts] for n in range(len(LANGUAGES))
    )
    doubts = [Text(f"標記：{'、'.join(zh)}", f"flagged: {', '.join(en)}")] if counts else []
    return [*orders, *doubts]


def told_of_unknown(result: Mapping[str, Any]) -> list[Text]:
    """What is nowhere after the whole load, and how many before it where that is another number."""
    now, before = result["unknown"], result["unknown_before"]
    sentences = []
    for name, sentence in _UNKNOWN.items():
        n, then = now.get(name, 0), before.get(name, 0)
        if n or then:
            was = Text(f"（先前 {then:,}）", f" ({then:,} before)") if n != then else Text("", "")
            said = zip(sentence, was, strict=True)
            sentences.append(Text(*[text.format(n=f"{n:,}") + more for text, more in said]))
    return sentences


def flags_of(kept: pa.Table) -> Counter[str]:
    """Code -> how many of the rows are flagged with it."""
    found: Counter[str] = Counter()
    for counted in pc.value_counts(kept["flags"].drop_null()).to_pylist():
        for code in counted["values"].split(","):
            found[code] += counted["counts"]
    return found


def orders_told(
    feed: Feed, memory: Memory, columns: Mapping[str, str | None]
) -> dict[str, dict[str, str]]:
    """Column -> in which order its days with short years were read, with one of them if it is
    remembered. `columns` is header -> column."""
    told: dict[str, dict[str, str]] = {}
    own = headers_of(columns)
    for column, order in memory.evidence.settled().items():
        seen = memory.of(column).items()
        days = ((t, o.readings[order]) for t, o in seen if isinstance(o, ShortYear))
        text, day = next(days, ("", None))
        zh, en = ORDERS[order]
        told[column] = {
            "zh": f"「{own.get(column, feed.column(column).headers[0])}」的短年份整欄只有一種讀法，"
            f"當作{zh}" + (f"：{text} 是 {day}" if day else ""),
            "en": f"{own.get(column, column)}: all its values together admit {en} only"
            + (f", so {text} is {day}" if day else ""),
        }
    return told
