"""Suspensions: from the day it begins to the day on which the certificate works again.

A serial that the store does not know is kept: the certificate may come with a later file.
"""

from adoption.store import schema
from etl.mapping.feeds.feed import Feed, event_column, in_order, provenance_column, serial_column

SUSPENSIONS = Feed(
    schema.suspensions,
    "停用",
    (
        serial_column("serial", "憑證序號", "序號", "卡號", "憑證號碼", "憑證卡號"),
        event_column("suspended_on", "停用日期", "暫停日期", "停用日", "暫時停用日期"),
        event_column("resumed_on", "復用日期", "恢復日期", "復用日", "恢復使用日期"),
        provenance_column(),
    ),
    rules=in_order("resumed_before_suspended", "suspended_on", "resumed_on"),
)
