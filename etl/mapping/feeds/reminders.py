"""Reminders: the send log, one mail a row. No addresses: they are dropped at reading.

A serial that the store does not know is kept: the certificate may come with a later file.
"""

from adoption.store import schema
from etl.mapping.feeds.feed import Feed, FeedColumn, event_column, provenance_column, serial_column
from etl.validation.values import stage
from etl.validation.vocabularies import MAIL_RESULT

REMINDERS = Feed(
    schema.reminders,
    "提醒寄送紀錄",
    (
        serial_column("serial", "憑證序號", "序號", "卡號", "憑證號碼", "憑證卡號"),
        FeedColumn("stage", stage, ("提醒階段", "階段", "到期前天數", "提醒別")),
        event_column("sent_on", "寄送日期", "寄發日期", "發送日期", "寄送日"),
        FeedColumn("result", MAIL_RESULT, ("寄送結果", "結果", "寄發結果", "發送結果")),
        provenance_column(),
    ),
)
