"""The records behind a number, in the visitor's language: column titles, words for codes, dates."""

import pandas as pd

from adoption.charts import codes
from adoption.formats import short_day_text
from adoption.language import Language, Text, say

TITLES: dict[str, Text] = {
    "unit_code": Text("單位代碼", "Unit code"),
    "unit": Text("單位", "Unit"),
    "name": Text("名稱", "Name"),
    "name_en": Text("英文名稱", "English name"),
    "side": Text("導入對象", "Side"),
    "sector": Text("公私部門", "Sector"),
    "valid_from": Text("啟用日期", "Valid from"),
    "valid_to": Text("失效日期", "Valid to"),
    "system_code": Text("系統代碼", "System code"),
    "system": Text("系統名稱", "System"),
    "category": Text("系統類別", "Category"),
    "planned_on": Text("規劃日期", "Planned on"),
    "testing_on": Text("測試日期", "Testing on"),
    "integrated_on": Text("導入日期", "Integrated on"),
    "retired_on": Text("下線日期", "Retired on"),
    "target_on": Text("預定導入日期", "Target"),
    "stage": Text("階段", "Stage"),
    "serial": Text("憑證序號", "Serial"),
    "holder_id": Text("統一編號", "Holder (統一編號)"),
    "org_type": Text("組織別", "Organisation type"),
    "county": Text("縣市", "County"),
    "card": Text("卡別", "Card"),
    "issued_on": Text("核發日期", "Issued on"),
    "expires_on": Text("到期日期", "Expires on"),
    "day": Text("應寄日", "Due on"),
    "ended_on": Text("終止日期", "Ended on"),
    "end_reason": Text("終止原因", "Reason"),
    "renewal_applied_on": Text("申請換發日期", "Renewal applied on"),
    "replaces": Text("換發前序號", "Replaces"),
    "renewed_on": Text("換發日期", "Renewed on"),
    "is_renewal": Text("是否為換發", "Is a renewal"),
    "outcome": Text("結果", "Outcome"),
    "suspended_on": Text("暫停日期", "Suspended on"),
    "resumed_on": Text("恢復日期", "Resumed on"),
    "sent_on": Text("寄送日期", "Sent on"),
    "result": Text("寄送結果", "Result"),
    "month": Text("月份", "Month"),
    "registered": Text("登記家數", "Registered"),
    "metric": Text("指標", "Metric"),
    "scope": Text("範圍", "Scope"),
    "due_on": Text("期限", "Due on"),
    "value": Text("目標值", "Target value"),
    "provenance": Text("資料來源", "Provenance"),
}
CODES = {"side", "sector", "stage", "org_type", "county", "card", "end_reason", "outcome", "result"}


def readable_records(rows: pd.DataFrame, language: Language) -> pd.DataFrame:
    """`rows` of a metric's records with titles; dates and codes in words, each distinct one once.

    Names, serials and numbers stay as they are. A column that has no title keeps its name.
    """
    return pd.DataFrame({_title(name, language): _written(rows[name], language) for name in rows})


def _title(name: str, language: Language) -> str:
    return TITLES[name].in_language(language) if name in TITLES else name


def _written(values: pd.Series, language: Language) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(values):
        words = {day: short_day_text(day, language) for day in values.dropna().unique()}
    elif pd.api.types.is_bool_dtype(values):
        words = {True: say(language, "yes"), False: say(language, "no")}
    elif values.name in CODES or values.name == "provenance":
        words = {code: codes.name(str(code), language) for code in values.dropna().unique()}
    elif pd.api.types.is_numeric_dtype(values):
        return values
    else:
        return values.fillna("")
    return values.map(words).astype("str").where(values.notna(), "")
