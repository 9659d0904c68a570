"""Suspensions: from the day it begins to the day on which the certificate works again.

A serial that the store does not know is kept: the certificate may come with a later file.
"""

from adoption.store import schema
from etl.mapping.feeds.feed import (
    SERIAL_HEADERS,
    Feed,
    event_column,
    in_order,
    not_before_programme,
    odd_serial_rule,
    provenance_column,
    serial_column,
)
from etl.validation.vocabularies import listed

SUSPENSIONS = Feed(
    schema.suspensions,
    "停用",
    (
        serial_column("serial", *SERIAL_HEADERS),
        event_column(
            "suspended_on",
            *listed(
                "停用日期、停用日、停用時間、停用起日、停用開始日期、暫停日期、暫停日、暫停起日、"
                "暫停使用日期、暫時停用日期、暫時停用日、suspension date"
            ),
        ),
        event_column(
            "resumed_on",
            *listed(
                "復用日期、復用日、復用時間、恢復日期、恢復日、恢復使用日期、恢復使用日、"
                "停用迄日、停用結束日期、解除停用日期、resumption date"
            ),
        ),
        provenance_column(),
    ),
    rules=(
        *in_order("resumed_before_suspended", "suspended_on", "resumed_on"),
        *not_before_programme("suspended_on", "resumed_on"),
        odd_serial_rule("serial"),
    ),
)
