"""What is different between two days, told from a Standing of each: what had been integrated,
issued, ended and so on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from sqlalchemy import and_, func, select

from adoption.language import Text
from adoption.metrics import columns
from adoption.metrics.integration import METRICS as INTEGRATION
from adoption.metrics.issuance import certificate_records
from adoption.metrics.metric import Metric, records
from adoption.metrics.rules import certificate_filter, count_of
from adoption.metrics.selection import Selection
from adoption.store import Query, Reader
from adoption.store.schema import certificates

_c = certificates.c
_MOST_SYSTEMS = 100_000
Answer = Callable[[str, Selection], pd.DataFrame]


def _to_date(selection: Selection) -> Query:
    as_of = selection.as_of
    ended = and_(_c.ended_on.is_not(None), _c.ended_on <= as_of, _c.ended_on <= _c.expires_on)
    ended_early = and_(_c.ended_on.is_not(None), _c.ended_on <= _c.expires_on)
    expired = and_(_c.expires_on < as_of, ~ended_early)
    return select(
        func.count().label("issued"),
        count_of(_c.is_renewal).label("renewals"),
        count_of(ended).label("ended"),
        count_of(expired).label("expired"),
    ).where(_c.issued_on <= as_of, *certificate_filter(selection))


def _issued_records(selection: Selection) -> Query:
    return certificate_records(selection).where(_c.issued_on <= selection.as_of)


METRICS = (
    Metric(
        key="certificates_to_date",
        title=Text("累計核發、終止與到期憑證", "Certificates issued, ended and expired to date"),
        definition=Text(
            "統計截止日以前（含當日）累計核發的憑證，其中換發者，以及在到期前終止者、期滿到期者。"
            "核發數減去終止數與到期數即為有效憑證數。",
            "All certificates issued up to the as-of day, those of them that are renewals, those "
            "that ended before they expired, and those that expired. Issued less ended and "
            "expired are the valid ones.",
        ),
        formula=Text(
            "核發：核發日 ≤ 統計截止日；終止：終止日 ≤ 統計截止日且終止日 ≤ 到期日；"
            "到期：到期日 < 統計截止日且未提前終止。",
            "issued: issued_on ≤ D; ended: ended_on ≤ D and ended_on ≤ expires_on; "
            "expired: expires_on < D and not ended by then.",
        ),
        excludes=Text(
            "統計截止日以後的核發、終止與到期不計；到期當天仍屬有效。",
            "What is issued, ends or expires after the as-of day; on its expiry day a certificate "
            "is still valid.",
        ),
        unit=columns.CERTIFICATE_UNIT,
        higher_is="neutral",
        columns=(
            columns.count("issued", "累計核發（張）", "Issued to date"),
            columns.count("renewals", "其中換發（張）", "Of these, renewals"),
            columns.count("ended", "累計終止（張）", "Ended to date"),
            columns.count("expired", "累計到期（張）", "Expired to date"),
        ),
        filters=columns.CERTIFICATE_FILTERS,
        query=_to_date,
        records=_issued_records,
    ),
)


@dataclass(frozen=True)
class Certificates:
    """Counts to date of `certificates_to_date`, and what is valid on the day."""

    issued: int
    renewals: int
    ended: int
    expired: int
    valid: int
    holders: int


@dataclass(frozen=True)
class Standing:
    """`systems` are those integrated on the day, as `integrated_systems` gives them."""

    selection: Selection
    systems: pd.DataFrame
    certificates: Certificates


@dataclass(frozen=True)
class Change:
    """From one standing to another; names in the order of their codes.

    `new_units` integrated their first system, `gone_units` have none left. The numbers are
    differences: of what happened to date, and of what is valid.
    """

    new_systems: tuple[str, ...]
    gone_systems: tuple[str, ...]
    new_units: tuple[str, ...]
    gone_units: tuple[str, ...]
    certificates: Certificates

    @property
    def is_nothing(self) -> bool:
        return self == Change((), (), (), (), Certificates(0, 0, 0, 0, 0, 0))


def integrated_systems(store: Reader, selection: Selection) -> pd.DataFrame:
    """The systems that `integration_totals` counts, in the order of their codes.

    Columns: system_code, system, unit_code, unit, side, category, provenance.
    """
    (metric,) = (metric for metric in INTEGRATION if metric.key == "integration_totals")
    found = records(store, metric, selection, _MOST_SYSTEMS)
    return found[["system_code", "system", "unit_code", "unit", "side", "category", "provenance"]]


def certificates_on(answer: Answer, selection: Selection) -> Certificates:
    counted = {
        **answer("certificates_to_date", selection).iloc[0],
        **answer("valid_totals", selection)[["valid", "holders"]].iloc[0],
    }
    return Certificates(**{name: int(count) for name, count in counted.items()})


def change(before: Standing, after: Standing) -> Change:
    return Change(
        new_systems=_only_in(after, before, "system"),
        gone_systems=_only_in(before, after, "system"),
        new_units=_only_in(after, before, "unit"),
        gone_units=_only_in(before, after, "unit"),
        certificates=Certificates(
            **{
                name: count - getattr(before.certificates, name)
                for name, count in vars(after.certificates).items()
            }
        ),
    )


def _only_in(one: Standing, other: Standing, what: Literal["system", "unit"]) -> tuple[str, ...]:
    code = f"{what}_code"
    found = one.systems[~one.systems[code].isin(other.systems[code])]
    return tuple(found.drop_duplicates(code).sort_values(code)[what])
