"""Reminders: the send log, one mail a row. No addresses: they are dropped at reading.

A serial that the store does not know is kept: the certificate may come with a later file.
"""

from adoption.store import schema
from etl.mapping.feeds.feed import (
    SERIAL_HEADERS,
    Feed,
    FeedColumn,
    event_column,
    provenance_column,
    serial_column,
)
from etl.validation.values import stage
from etl.validation.vocabularies import MAIL_RESULT, listed

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
)
