"""Certificates: one issuance record each. Which renews which, etl/commit/link.py finds out."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adoption.policy import PROGRAMME_BEGINS_ON
from adoption.store import schema
from etl.mapping.feeds.feed import (
    Feed,
    FeedColumn,
    NotBefore,
    Rule,
    ahead_column,
    event_column,
    optional_column,
    provenance_column,
    serial_column,
    unstated_rule,
)
from etl.validation import vectorized
from etl.validation.values import county, holder_id
from etl.validation.vocabularies import CARD, END_REASON, ORG_TYPE

# A card is valid for five years; a little more or less is a matter of office hours.
_YEARS, _DAYS = 5, 31
# Typed where a number had to be: nobody's, though 00000000 and 55555555 satisfy the checksum.
_PLACEHOLDERS = pa.array([digit * 8 for digit in "0123456789"])


def _replaces_itself(rows: pa.Table) -> pa.Array:
    return pc.equal(rows["replaces"], rows["serial"])


def _has_reason_without_end(rows: pa.Table) -> pa.Array:
    return pc.and_(pc.is_valid(rows["end_reason"]), pc.is_null(rows["ended_on"]))


def _is_before_programme(rows: pa.Table) -> pa.Array:
    return pc.less(rows["issued_on"], pa.scalar(PROGRAMME_BEGINS_ON, pa.date32()))


def _has_odd_validity(rows: pa.Table) -> pa.Array:
    issued, expires = (
        rows[name].to_numpy().astype("datetime64[D]") for name in ("issued_on", "expires_on")
    )
    month = issued.astype("datetime64[M]")
    whole = (month + 12 * _YEARS).astype("datetime64[D]") + (issued - month)
    off = np.abs(expires - whole)  # NaT where a day is missing, which is greater than nothing
    return pa.array(off > np.timedelta64(_DAYS, "D"))


def _has_no_holder_id(rows: pa.Table) -> pa.Array:
    return pc.is_null(rows["holder_id"])


def _has_unlikely_holder_id(rows: pa.Table) -> pa.Array:
    return pc.invert(vectorized.is_likely_holder_id(rows["holder_id"]))


def _has_placeholder(rows: pa.Table) -> pa.Array:
    return pc.is_in(rows["holder_id"], _PLACEHOLDERS)


CERTIFICATES = Feed(
    schema.certificates,
    "憑證",
    (
        serial_column("serial", "憑證序號", "序號", "卡號", "憑證號碼", "憑證卡號"),
        FeedColumn(
            "holder_id",
            holder_id,
            ("統一編號", "統編", "公司統一編號", "營利事業統一編號", "商業統一編號"),
            shortcut=vectorized.plain_holder_ids,
        ),
        optional_column("org_type", ORG_TYPE, "組織別", "組織型態", "組織類別", "組織種類"),
        optional_column("county", county, "縣市", "縣市別", "所在縣市", "登記縣市"),
        optional_column("card", CARD, "卡別", "卡片種類", "正附卡", "正附卡別"),
        event_column("issued_on", "核發日期", "發卡日期", "核發日", "發卡日", "簽發日期"),
        ahead_column("expires_on", "到期日期", "到期日", "有效期限", "憑證到期日", "有效日期"),
        event_column("ended_on", "終止日期", "廢止日期", "終止日", "廢止日"),
        FeedColumn("end_reason", END_REASON, ("終止原因", "廢止原因")),
        event_column("renewal_applied_on", "申請換發日期", "換發申請日", "換發申請日期"),
        serial_column("replaces", "換發前序號", "原憑證序號", "原卡號", "舊憑證序號"),
        provenance_column(),
    ),
    rules=(
        Rule("expires_before_issued", "expires_on", NotBefore("expires_on", "issued_on")),
        Rule("ended_before_issued", "ended_on", NotBefore("ended_on", "issued_on")),
        Rule(
            "applied_before_issued",
            "renewal_applied_on",
            NotBefore("renewal_applied_on", "issued_on"),
        ),
        Rule("replaces_itself", "replaces", _replaces_itself),
        Rule("before_programme", "issued_on", _is_before_programme, flags=True),
        Rule("odd_validity", "expires_on", _has_odd_validity, flags=True),
        Rule("reason_without_end", "end_reason", _has_reason_without_end, flags=True),
        Rule("no_holder_id", "holder_id", _has_no_holder_id, flags=True),
        *(unstated_rule(column) for column in ("org_type", "county", "card")),
        Rule("unlikely_holder_id", "holder_id", _has_unlikely_holder_id, flags=True),
        Rule("placeholder_holder_id", "holder_id", _has_placeholder, flags=True),
    ),
)
