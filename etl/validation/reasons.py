"""Why a row was refused or flagged, in words that a clerk can act on: what, where, what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from etl.mapping.feeds import Feed

_UNSTATED = (
    "「{column}」未填，計入總數並另列一項，已保留並標記：請補上",
    "{column} is not stated: in every total, on a line of its own; kept and flagged: add it",
)

# {column} is what the clerk's file calls it (or would), as is {issued_on} or any other column of
# the feed; {value} the text as it stood there, {hint} what may have been meant.
SENTENCES: dict[str, tuple[str, str]] = {
    "malformed_row": (
        "這一列有 {hint}：請檢查是否多或少了逗號、引號",
        "this row has {hint}: look for a comma or quotation mark too many or too few",
    ),
    "too_long": (
        "「{column}」超過 {hint} 個字：請縮短",
        "{column} is longer than {hint} signs: shorten it",
    ),
    "unreadable_value": (
        "「{column}」的內容讀不出來：請改正或刪除",
        "{column} holds what cannot be read: correct or delete it",
    ),
    "missing_value": ("「{column}」是空的：請填入", "{column} is empty: fill it in"),
    "bad_date": (
        "「{column}」的「{value}」不是日期：請寫成 102/9/24 或 2013-09-24",
        "{column} “{value}” is not a date: write it as 102/9/24 or 2013-09-24",
    ),
    "impossible_date": (
        "「{column}」的「{value}」沒有這一天（民國 1–200 年）：請更正",
        "{column} “{value}” is no day between 1912 and 2111: correct it",
    ),
    "ambiguous_date": (
        "「{column}」的「{value}」可能是不同的日期（{hint}）：請寫成 102/9/24 或 2013-09-24",
        "{column} “{value}” could be different days ({hint}): write it as 102/9/24 or 2013-09-24",
    ),
    "in_the_future": (
        "「{column}」的「{value}」晚於載入當天（{hint}），不可能已經發生：請更正",
        "{column} “{value}” is after the day of loading ({hint}) and cannot be yet: correct it",
    ),
    "not_a_month": (
        "「{column}」的「{value}」不是月份也不是月初：請寫成 102/9 或 2013-09",
        "{column} “{value}” is neither a month nor its first day: write it as 102/9 or 2013-09",
    ),
    "bad_holder_id": (
        "「{column}」的「{value}」不是 8 位數字的統一編號：請更正",
        "{column} “{value}” is not eight digits: correct it",
    ),
    "short_holder_id": (
        "「{column}」的「{value}」只有 7 位，補零後檢查碼不符：請查明完整的 8 位統一編號",
        "{column} “{value}” has seven digits and no leading zero can be missing: find all eight",
    ),
    "bad_serial": (
        "「{column}」的「{value}」不是序號（只能有英文字母、數字、- : _）：請更正",
        "{column} “{value}” is not a serial (letters, digits, - : _): correct it",
    ),
    "mangled_serial": (
        "「{column}」的「{value}」被試算表改成科學記號，已失去位數：請把該欄設為文字後重新匯出",
        "{column} “{value}” lost digits in a spreadsheet: make the column text and export it again",
    ),
    "day_as_name": (
        "「{column}」的「{value}」是日期，不是名稱：請檢查這一列的欄位是否錯位",
        "{column} “{value}” is a day and no name: are the cells of the row out of place?",
    ),
    "bad_code": (
        "「{column}」的「{value}」不是代碼（不可有空格，最多 64 字）：請更正",
        "{column} “{value}” is not a code (one word of at most 64 signs): correct it",
    ),
    "bad_number": (
        "「{column}」的「{value}」不是數字：請更正",
        "{column} “{value}” is not a number: correct it",
    ),
    "bad_whole_number": (
        "「{column}」的「{value}」不是零或正整數：請更正",
        "{column} “{value}” is not a whole number of zero or more: correct it",
    ),
    "unknown_word": (
        "「{column}」不認得「{value}」：請用{hint}",
        "{column} “{value}” is unknown: use {hint}",
    ),
    "unknown_county": (
        "「{column}」不認得縣市「{value}」，最接近的是「{hint}」：請更正",
        "{column} “{value}” is no known county, the closest is {hint}: correct it",
    ),
    "no_such_county": (
        "「{column}」不認得縣市「{value}」：請更正",
        "{column} “{value}” is no known county: correct it",
    ),
    "unknown_stage": (
        "「{column}」的「{value}」不是提醒階段：請用到期前天數 {hint} 其中之一",
        "{column} “{value}” is no reminder stage: use the days before expiry, one of {hint}",
    ),
    "ambiguous_stage": (
        "「{column}」的「{value}」可能是{hint}：請寫成到期前天數，或寫「第1次」",
        "{column} “{value}” could be {hint}: write the days before expiry, or “mail 1”",
    ),
    "looks_personal": (
        "「{column}」裡有電子郵件信箱，本系統不收個人資料：請刪除",
        "{column} holds an e-mail address, and personal data is not kept here: remove it",
    ),
    "expires_before_issued": (
        "「{column}」早於「{issued_on}」：請查明兩個日期",
        "{column} is before {issued_on}: check both days",
    ),
    "ended_before_issued": (
        "「{column}」早於「{issued_on}」：請查明兩個日期",
        "{column} is before {issued_on}: check both days",
    ),
    "applied_before_issued": (
        "「{column}」早於「{issued_on}」：請查明兩個日期",
        "{column} is before {issued_on}: check both days",
    ),
    "replaces_itself": (
        "「{column}」是這張憑證自己的序號：請填前一張的序號，或留空",
        "{column} is this certificate's own serial: give that of the one before, or leave it empty",
    ),
    "stages_out_of_order": (
        "「{column}」早於前一階段的日期（規劃→測試→導入→下線）：請查明",
        "{column} is before an earlier stage (planned, testing, integrated, retired): check them",
    ),
    "valid_to_before_from": (
        "「{column}」早於「{valid_from}」：請查明兩個日期",
        "{column} is before {valid_from}: check both days",
    ),
    "resumed_before_suspended": (
        "「{column}」早於「{suspended_on}」：請查明兩個日期",
        "{column} is before {suspended_on}: check both days",
    ),
    "changed_elsewhere": (
        "「{column}」原為「{hint}」，現為「{value}」，這一格並沒有錯：請改回，或下載這次的退回檔照現值載入",
        "{column} was “{hint}”, now “{value}”, and not in error: put it back, or load this reject",
    ),
    # Flags: the row is kept.
    "unknown_unit": (
        "「{column}」的「{value}」不在單位資料裡，已保留，載入該單位之前不計入：請載入或更正",
        "{column}: unit “{value}” is nowhere; kept, counted once it is loaded: load or correct it",
    ),
    "unknown_serial": (
        "「{column}」的「{value}」不在憑證資料裡，已保留：請載入該憑證或更正",
        "{column}: no certificate “{value}” is loaded; kept: load that certificate or correct it",
    ),
    "original_unknown": (
        "這個資料庫沒有這個退回編號，無法與原來的列核對，已保留並標記：請查明各欄",
        "its 退回編號 is unknown, so it was compared with nothing; kept and flagged: check it",
    ),
    "unlikely_holder_id": (
        "「{column}」檢查碼不符，已保留並標記：請查明",
        "{column} fails its checksum; kept and flagged: check it",
    ),
    "placeholder_holder_id": (
        "「{column}」八碼都是同一個數字，不會是真的統一編號，已保留並標記：請查明",
        "{column} is one digit eight times, nobody's number; kept and flagged: find the right one",
    ),
    "before_programme": (
        "「{column}」早於工商憑證開辦（92/1/1），已保留並標記：請查明",
        "{column} is before the programme began (2003-01-01); kept and flagged: check it",
    ),
    "widened_year": (
        "「{column}」在西元 1992–1999 年，可能是民國 92–99 年被改成西元，已保留並標記：請查明",
        "{column} is of 1992-1999, perhaps 民國 92-99 made 199x; kept and flagged: check it",
    ),
    "lost_sign": (
        "「{column}」有「?」或不成對的引號，像是遺失的字，已保留並標記：請補上",
        "{column} has a ? or a single quotation mark, as for lost signs; kept and flagged: mend it",
    ),
    "odd_serial": (
        "「{column}」像是被當成數字（前面的 0 不見，或 12E5 變成 1200000），已保留並標記：請查明",
        "{column} looks made a number (0 lost in front, 12E5 as 1200000); kept and flagged: check",
    ),
    "odd_validity": (
        "「{column}」距核發日期不是五年（前後31天），已保留並標記：請查明兩個日期",
        "{column} is not five years after the day of issue; kept and flagged: check both days",
    ),
    "no_holder_id": (
        "沒有「{column}」，計為憑證而不計為持有者，已保留並標記：請補上",
        "no {column}: counted as a certificate and not as a holder; kept and flagged: add it",
    ),
    "unstated_org_type": _UNSTATED,
    "unstated_county": _UNSTATED,
    "unstated_card": _UNSTATED,
    "reason_without_end": (
        "有「{column}」但沒有「{ended_on}」，已保留並標記：請補上日期",
        "{column} is given but not {ended_on}; kept and flagged: add the day",
    ),
    "set_by_profile": (
        "有欄位不是檔案寫的，而是由設定檔推算或指定，已保留並標記：請查明",
        "a column was set by the profile and not by the file; kept and flagged: check it",
    ),
    "conflicting_rows": (
        "同一筆資料在這次載入中有不同的內容，已用最後一列並標記：請查明",
        "this record came with different contents in one load; the last was kept: check it",
    ),
}


@dataclass(frozen=True)
class Reason:
    """Why one row was refused. `value` is the text in question, '' when it is about the row."""

    code: str
    column: str = ""
    value: str = ""
    hint: str = ""

    def stored(self) -> dict[str, str]:
        """What the store keeps of it; `from_stored` reads it back."""
        stored = {"code": self.code, "column": self.column, "value": self.value}
        return {**stored, "hint": self.hint} if self.hint else stored


class Sentence(TypedDict):
    """A reason in words, as `rejects --json` prints it."""

    code: str
    column: str
    header: str  # what the file calls the column
    value: str
    zh: str
    en: str


def from_stored(stored: dict[str, str]) -> Reason:
    return Reason(**stored)


def sentence(reason: Reason, feed: Feed, headers: Mapping[str, str] | None = None) -> Sentence:
    """`reason` in both languages. `headers` is column -> what the file calls it; a column that it
    lacks goes by its usual name."""
    zh, en = SENTENCES[reason.code]
    own = headers or {}
    zh_names = {c.name: own.get(c.name, c.headers[0]) for c in feed.columns}
    en_names = {c.name: own.get(c.name, c.name) for c in feed.columns}
    hint_zh, _, hint_en = reason.hint.partition("|")
    said = {"value": reason.value, "hint": hint_zh}
    said_en = {"value": reason.value, "hint": hint_en or hint_zh}
    return {
        "code": reason.code,
        "column": reason.column,
        "header": zh_names.get(reason.column, ""),
        "value": reason.value,
        "zh": zh.format_map(zh_names | said | {"column": zh_names.get(reason.column, "")}),
        "en": en.format_map(en_names | said_en | {"column": en_names.get(reason.column, "")}),
    }
