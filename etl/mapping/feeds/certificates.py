"""Certificates: one issuance record each. Which renews which, etl/commit/link.py finds out."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adoption.store import schema
from etl.mapping.feeds.feed import (
    COUNTY_HEADERS,
    ORG_TYPE_HEADERS,
    SERIAL_HEADERS,
    Feed,
    FeedColumn,
    NotBefore,
    Rule,
    ahead_column,
    event_column,
    not_before_programme,
    odd_serial_rule,
    optional_column,
    provenance_column,
    serial_column,
    unstated_rule,
)
from etl.validation import vectorized
from etl.validation.values import county, holder_id
from etl.validation.vocabularies import CARD, END_REASON, ORG_TYPE, listed

# A card is valid for five years; a little more or less is a matter of office hours.
_YEARS, _DAYS = 5, 31
# Typed where a number had to be: nobody's, though 00000000 and 55555555 satisfy the checksum.
_PLACEHOLDERS = pa.array([digit * 8 for digit in "0123456789"])


def _replaces_itself(rows: pa.Table) -> pa.Array:
    return pc.equal(rows["replaces"], rows["serial"])


def _has_reason_without_end(rows: pa.Table) -> pa.Array:
    return pc.and_(pc.is_valid(rows["end_reason"]), pc.is_null(rows["ended_on"]))


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
        serial_column("serial", *SERIAL_HEADERS),
        FeedColumn(
            "holder_id",
            holder_id,
            listed(
                "統一編號、統編、公司統一編號、公司統編、商業統一編號、商業統編、"
                "營利事業統一編號、營利事業統編、營業人統一編號、事業統一編號、行號統一編號、"
                "商號統一編號、企業統一編號、企業統編、持有者統一編號、持有者統編、ban、ubn、"
                "Holder (統一編號)、business number、unified business number、tax id"
            ),
            shortcut=vectorized.plain_holder_ids,
        ),
        optional_column("org_type", ORG_TYPE, *ORG_TYPE_HEADERS),
        optional_column("county", county, *COUNTY_HEADERS),
        optional_column(
            "card",
            CARD,
            *listed(
                "卡別、卡片種類、卡片類別、卡片類型、卡片別、卡種、正附卡、正附卡別、正附卡類別、"
                "正/附卡、card type、card kind"
            ),
        ),
        event_column(
            "issued_on",
            *listed(
                "核發日期、發卡日期、核發日、發卡日、簽發日期、簽發日、發證日期、發證日、"
                "核卡日期、核卡日、製發日期、核發時間、發卡時間、簽發時間、核發日期時間、"
                "憑證核發日期、憑證核發日、憑證簽發日期、憑證簽發日、issue date、issued date、"
                "date issued、date of issue、issued、issued at、valid from、not before"
            ),
        ),
        ahead_column(
            "expires_on",
            *listed(
                "到期日期、到期日、到期時間、有效期限、有效日期、有效期、有效截止日、"
                "有效截止日期、有效迄日、憑證到期日、憑證到期日期、憑證有效期限、憑證有效日期、"
                "屆滿日期、屆滿日、失效日期、失效日、使用期限、expiry date、expiry、"
                "expiration date、expire date、date of expiry、expires、expires at、valid to、"
                "valid until、not after"
            ),
        ),
        event_column(
            "ended_on",
            *listed(
                "終止日期、終止日、終止時間、廢止日期、廢止日、廢止時間、憑證廢止日期、"
                "憑證廢止日、註銷日期、註銷日、作廢日期、作廢日、revoked on、revoked at、"
                "revocation date、end date"
            ),
        ),
        FeedColumn(
            "end_reason",
            END_REASON,
            listed(
                "終止原因、廢止原因、註銷原因、作廢原因、憑證廢止原因、終止事由、廢止事由、"
                "reason、revocation reason"
            ),
        ),
        event_column(
            "renewal_applied_on",
            *listed(
                "申請換發日期、申請換發日、換發申請日、換發申請日期、換發申請時間、申請換卡日期、"
                "換卡申請日期"
            ),
        ),
        serial_column(
            "replaces",
            *listed(
                "換發前序號、換發前憑證序號、換發前卡號、原憑證序號、原憑證卡號、原憑證IC卡號、"
                "原卡號、原序號、舊憑證序號、舊憑證卡號、舊卡號、舊卡序號、前憑證序號、前卡號、"
                "previous serial、old card no"
            ),
        ),
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
        *not_before_programme("issued_on"),
        Rule("odd_validity", "expires_on", _has_odd_validity, flags=True),
        Rule("reason_without_end", "end_reason", _has_reason_without_end, flags=True),
        Rule("no_holder_id", "holder_id", _has_no_holder_id, flags=True),
        *(unstated_rule(column) for column in ("org_type", "county", "card")),
        Rule("unlikely_holder_id", "holder_id", _has_unlikely_holder_id, flags=True),
        Rule("placeholder_holder_id", "holder_id", _has_placeholder, flags=True),
        odd_serial_rule("serial"),
    ),
)
