"""Reminders: the send log, one mail a row. No addresses: they are dropped at reading.

A serial that the store does not know is kept: the certificate may come with a later file.
"""

import re

import pyarrow as pa

from adoption.policy import STAGES
from adoption.store import schema
from etl.mapping.feeds.feed import (
    SERIAL_HEADERS,
    Feed,
    FeedColumn,
    Value,
    event_column,
    not_before_programme,
    odd_serial_rule,
    provenance_column,
    serial_column,
)
from etl.validation.values import BadValue, fold, stage
from etl.validation.vocabularies import MAIL_RESULT, listed

_MAILS, _DAYS = {"2", "3", "4"}, {"45", "30", "15"}


def _bare_numbers(header: str, texts: pa.Array) -> dict[str, Value | BadValue]:
    """What 1 to 4 mean: which mail it was, under a header that says so. Elsewhere 1 is the day
    before expiry, unless it may be the first mail: beside 2, 3 and 4, or alone under 階段."""
    bare = {text: _bare(text) for text in texts.unique().drop_null().to_pylist()}
    said = set(bare.values())
    if said & _DAYS:
        return {}
    if "次" in header:
        mails = {str(number): each.days for number, each in enumerate(STAGES, 1)}
        return {text: mails[number] for text, number in bare.items() if number in mails}
    says_days = header.isascii() or "天" in header or any(map(_is_stage, said - {"1"}))
    if says_days and not said & _MAILS:
        return {}
    hint = "第1次或到期前1天|the first mail, or 1 day before"
    return {text: BadValue("ambiguous_stage", hint) for text, said in bare.items() if said == "1"}


def _bare(text: str) -> str:
    try:
        return re.sub(r"\.0+$", "", fold(text))
    except BadValue:
        return ""


def _is_stage(text: str) -> bool:
    try:
        return stage(text) > 0
    except BadValue:
        return False


REMINDERS = Feed(
    schema.reminders,
    "提醒寄送紀錄",
    (
        serial_column("serial", *SERIAL_HEADERS),
        FeedColumn(
            "stage",
            stage,
            listed(
                "提醒階段、階段、通知階段、寄送階段、到期前天數、到期前幾天、提醒別、通知別、"
                "提醒次別、通知次別、次別、第幾次、第幾次通知、提醒天數、通知天數、提醒時點、"
                "通知時點、reminder stage、reminder、days before expiry"
            ),
            settled=_bare_numbers,
        ),
        event_column(
            "sent_on",
            *listed(
                "寄送日期、寄送日、寄送時間、寄發日期、寄發日、寄發時間、發送日期、發送日、"
                "發送時間、寄件日期、寄信日期、寄出日期、發信日期、發信日、發信時間、通知日期、"
                "提醒日期、sent、sent at、sent date、date sent"
            ),
        ),
        FeedColumn(
            "result",
            MAIL_RESULT,
            listed(
                "寄送結果、結果、寄送狀態、寄送情形、寄發結果、寄發情形、發送結果、發送狀態、"
                "寄信結果、投遞結果、送達狀態、送達情形、delivery status、outcome"
            ),
        ),
        provenance_column(),
    ),
    rules=(*not_before_programme("sent_on"), odd_serial_rule("serial")),
)
