"""Renewal linking against the plain-Python rule: by hand, at random, all at once and in pieces."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, cast

import pandas as pd
import pytest
from sqlalchemy import BigInteger, Column, MetaData, Table, select

from adoption.store import Store, Writer
from adoption.store.schema import certificates as certificates_table
from etl.commit.link import insert_linked, merge_linked
from tests.records import random_records
from tests.reference import Certificate, is_renewal, renewed_on
from tests.soak.size import many
from tests.stores import arriving, load_certificates, store_of

Linked = dict[str, tuple[date | None, bool]]
Held = list[tuple[str, date, date]]
END = date(2013, 10, 1)


def linked_in(store: Store) -> Linked:
    """serial -> (renewed_on, is_renewal), as the store holds them."""
    columns = certificates_table.c
    frame = store.frame(select(columns.serial, columns.renewed_on, columns.is_renewal))
    assert frame["serial"].is_unique
    days = [None if day is pd.NaT else day.date() for day in frame["renewed_on"]]
    return dict(zip(frame["serial"], zip(days, frame["is_renewal"], strict=True), strict=True))


def linked_by_reference(certificates: list[Certificate]) -> Linked:
    renewed, _ = renewed_on(certificates)
    return {
        each.serial: (renewed[each.serial], is_renewal(each, certificates)) for each in certificates
    }


def held_in(store: Store) -> tuple[Held, set[str]]:
    """Holder, from when and until when each time of holding runs; the serials of mixed holders."""
    c = certificates_table.c
    frame = store.frame(select(c.serial, c.holder_id, c.issued_on, c.held_until, c.is_mixed))
    times = frame[frame["held_until"].notna()]
    columns = (times["holder_id"], times["issued_on"].dt.date, times["held_until"].dt.date)
    return sorted(zip(*columns, strict=True)), set(frame["serial"][frame["is_mixed"]])


def held_by_reference(certificates: list[Certificate]) -> tuple[Held, set[str]]:
    """Day by day: a holder holds while any certificate of theirs is valid."""
    days: dict[str, set[date]] = {}
    places: dict[str, set[tuple[str, str]]] = {}
    for each in certificates:
        if each.holder_id is None:
            continue
        last = each.expires_on
        if each.ended_on is not None:
            last = min(last, each.ended_on - timedelta(days=1))
        length = (last - each.issued_on).days + 1
        valid = {each.issued_on + timedelta(days=number) for number in range(length)}
        days.setdefault(each.holder_id, set()).update(valid)
        places.setdefault(each.holder_id, set()).add((each.county, each.org_type))
    times: Held = []
    for holder_id, held in days.items():
        for day in sorted(held):
            if day - timedelta(days=1) not in held:
                times.append((holder_id, day, day))
            times[-1] = (*times[-1][:2], day + timedelta(days=1))
    mixed = {
        each.serial for each in certificates if each.holder_id and len(places[each.holder_id]) > 1
    }
    return sorted(times), mixed


def assert_derived(store: Store, certificates: list[Certificate]) -> None:
    assert linked_in(store) == linked_by_reference(certificates)
    assert held_in(store) == held_by_reference(certificates)


def card(serial: str, issued_on: date, expires_on: date, **fields: object) -> Certificate:
    return Certificate(serial, "04595257", issued_on, expires_on, **fields)  # type: ignore[arg-type]


def five_years(serial: str, issued_on: date, **fields: object) -> Certificate:
    return card(serial, issued_on, issued_on + timedelta(days=1826), **fields)


def days_from_end(days: int) -> date:
    return END + timedelta(days=days)


OLD = five_years("old", days_from_end(-1826))
assert OLD.expires_on == END

BY_HAND = {
    "nothing follows": ([OLD], {}, set()),
    "61 days before is too early": ([OLD, five_years("new", days_from_end(-61))], {}, set()),
    "60 days before": (
        [OLD, five_years("new", days_from_end(-60))],
        {"old": days_from_end(-60)},
        {"new"},
    ),
    "365 days after": (
        [OLD, five_years("new", days_from_end(365))],
        {"old": days_from_end(365)},
        {"new"},
    ),
    "366 days after is too late": ([OLD, five_years("new", days_from_end(366))], {}, set()),
    "another holder": (
        [OLD, replace(five_years("new", END), holder_id="22099131")],
        {},
        set(),
    ),
    "another card": ([OLD, five_years("new", END, card="additional")], {}, set()),
    "its own application comes first": (
        [replace(OLD, renewal_applied_on=days_from_end(-3)), five_years("new", END)],
        {"old": days_from_end(-3)},
        {"new"},
    ),
    "a certificate with its own application leaves the successor to another": (
        [
            replace(OLD, renewal_applied_on=days_from_end(-3)),
            replace(OLD, serial="second", expires_on=days_from_end(1)),
            five_years("new", END),
        ],
        {"old": days_from_end(-3), "second": END},
        {"new"},
    ),
    "replaces, far outside the days and of another holder": (
        [OLD, five_years("new", days_from_end(900), replaces="old")],
        {"old": days_from_end(900)},
        {"new"},
    ),
    "replaces goes before dates": (
        [OLD, five_years("near", END), five_years("new", days_from_end(9), replaces="old")],
        {"old": days_from_end(9)},
        {"near", "new"},
    ),
    "the earliest of several that replace it": (
        [
            OLD,
            five_years("b", days_from_end(9), replaces="old"),
            five_years("c", days_from_end(8), replaces="old"),
        ],
        {"old": days_from_end(8)},
        {"b", "c"},
    ),
    "replaces an unknown serial: used up all the same": (
        [OLD, five_years("new", END, replaces="unknown")],
        {},
        {"new"},
    ),
    "each successor once, the oldest expiry first": (
        [
            OLD,
            replace(OLD, serial="first", expires_on=days_from_end(-1)),
            five_years("new", END),
        ],
        {"first": END},
        {"new"},
    ),
    "equal expiry: the smaller serial, as text, takes the earlier successor": (
        [
            replace(OLD, serial="9"),
            replace(OLD, serial="10"),
            five_years("x", days_from_end(2)),
            five_years("y", days_from_end(1)),
        ],
        {"10": days_from_end(1), "9": days_from_end(2)},
        {"x", "y"},
    ),
    "the first takes the earlier one, the second has to wait for the next": (
        [
            OLD,
            replace(OLD, serial="short", expires_on=days_from_end(-300)),
            five_years("a", days_from_end(-40)),
            five_years("b", days_from_end(66)),
        ],
        {"short": days_from_end(-40), "old": days_from_end(66)},
        {"a", "b"},
    ),
    "a successor issued on the same day is not later": (
        [card("x", END, days_from_end(30)), card("y", END, days_from_end(40))],
        {},
        set(),
    ),
    "a chain: each is the successor of one and has its own": (
        [
            card("a", days_from_end(-100), END),
            card("b", days_from_end(-10), days_from_end(90)),
            card("c", days_from_end(80), days_from_end(400)),
        ],
        {"a": days_from_end(-10), "b": days_from_end(80)},
        {"b", "c"},
    ),
}


@pytest.mark.parametrize(("certificates", "renewed", "renewals"), BY_HAND.values(), ids=BY_HAND)
def test_by_hand(
    certificates: list[Certificate],
    renewed: dict[str, date],
    renewals: set[str],
    tmp_path: Path,
) -> None:
    expected = {
        each.serial: (renewed.get(each.serial), each.serial in renewals) for each in certificates
    }
    assert linked_by_reference(certificates) == expected
    store = store_of(tmp_path, certificates=certificates)
    assert linked_in(store) == expected
    store.close()


@pytest.mark.parametrize("seed", range(many(8, 200)))
def test_all_at_once(seed: int, tmp_path: Path) -> None:
    certificates = random_records(seed).certificates
    store = store_of(tmp_path, certificates=certificates)
    assert_derived(store, certificates)
    store.close()


def as_first_reported(rng: Random, certificate: Certificate) -> Certificate:
    """The row with a mistake that a later load corrects: a correction may make or undo a link."""
    days = timedelta(days=rng.choice((-400, -61, -1, 1, 60, 366)))
    wrong = rng.choice(
        (
            {"holder_id": "04595257"},
            {"card": "additional" if certificate.card == "primary" else "primary"},
            {"issued_on": min(certificate.issued_on + days, certificate.expires_on)},
            {"expires_on": max(certificate.expires_on + days, certificate.issued_on)},
            {"renewal_applied_on": None},
            {"renewal_applied_on": certificate.issued_on},
            {"replaces": None},
            {"replaces": "1"},
            {"replaces": "unknown"},
        )
    )
    return replace(certificate, **wrong)


def loads_of(rng: Random, certificates: list[Certificate]) -> list[list[Certificate]]:
    """The records in random order in several loads; a third of them wrong at first."""
    wrong = rng.sample(certificates, len(certificates) // 3)
    first = {each.serial: each for each in certificates}
    first |= {each.serial: as_first_reported(rng, each) for each in wrong}
    reported = list(first.values())
    rng.shuffle(reported)
    size = rng.choice((25, 40, 70))
    loads = [reported[start : start + size] for start in range(0, len(reported), size)]
    # Rows again as they were, among the corrections: nothing is to change for those.
    last = wrong + rng.sample(certificates, 10)
    corrections = list({each.serial: each for each in last}.values())
    half = len(corrections) // 2
    return [*loads, corrections[:half], corrections[half:]]


@pytest.mark.parametrize("seed", range(many(5, 100)))
def test_in_several_loads_with_corrections(seed: int, tmp_path: Path) -> None:
    certificates = random_records(seed, certificates=120).certificates
    rng = Random(seed)
    store = store_of(tmp_path)
    known: dict[str, Certificate] = {}
    for number, rows in enumerate(loads_of(rng, certificates), start=2):
        load_certificates(store, rows, number)
        known |= {each.serial: each for each in rows}
        assert_derived(store, list(known.values()))
    assert set(known.values()) == set(certificates)
    store.close()


def test_a_correction_undoes_a_link(tmp_path: Path) -> None:
    new = five_years("new", END)
    store = store_of(tmp_path, certificates=[OLD, new])
    assert linked_in(store) == {"old": (END, False), "new": (None, True)}
    load_certificates(store, [replace(new, holder_id="22099131")], 2)
    assert linked_in(store) == {"old": (None, False), "new": (None, False)}
    load_certificates(store, [new], 3)
    assert linked_in(store) == {"old": (END, False), "new": (None, True)}
    store.close()


def test_a_card_of_another_holder_that_is_named_by_a_later_load(tmp_path: Path) -> None:
    """The named one no longer takes its own successor, which goes to the next of its holder."""
    second = replace(OLD, serial="second", expires_on=days_from_end(1))
    store = store_of(tmp_path, certificates=[OLD, second, five_years("new", END)])
    assert linked_in(store)["second"] == (None, False)
    stranger = replace(five_years("far", days_from_end(9), replaces="old"), holder_id="22099131")
    load_certificates(store, [stranger], 2)
    expected = {"old": (days_from_end(9), False), "second": (END, False)}
    expected |= {"new": (None, True), "far": (None, True)}
    assert linked_in(store) == expected
    # And back again, when that load proves to have named the wrong one.
    load_certificates(store, [replace(stranger, replaces=None)], 3)
    expected |= {"old": (END, False), "second": (None, False), "far": (None, False)}
    assert linked_in(store) == expected
    store.close()


def test_a_certificate_that_was_named_before_it_arrived(tmp_path: Path) -> None:
    new = replace(five_years("new", days_from_end(9), replaces="old"), holder_id="22099131")
    store = store_of(tmp_path, certificates=[new])
    load_certificates(store, [OLD], 2)
    assert linked_in(store) == {"old": (days_from_end(9), False), "new": (None, True)}
    store.close()


def test_a_load_of_no_rows_changes_nothing(tmp_path: Path) -> None:
    store = store_of(tmp_path, certificates=[OLD, five_years("new", END)])
    load_certificates(store, [], 2)
    assert linked_in(store) == {"old": (END, False), "new": (None, True)}
    store.close()


def test_a_holder_with_300_additional_cards(tmp_path: Path) -> None:
    """Overlapping in two directions, with ties: every choice of the rule depends on the last."""
    rng = Random(300)
    cards = []
    for number in range(300):
        issued_on = date(2005, 1, 1) + timedelta(days=rng.randint(0, 3000) // 3 * 3)
        days = rng.choice((30, 300, 365, 400, 1826))
        cards.append(
            card(str(number), issued_on, issued_on + timedelta(days=days), card="additional")
        )
    store = store_of(tmp_path, certificates=cards[:150])
    load_certificates(store, cards[150:], 2)
    found = linked_in(store)
    assert found == linked_by_reference(cards)
    assert 100 < sum(renewed is not None for renewed, _ in found.values()) < 300
    store.close()


def overlapping(seed: int, holder_id: str, count: int) -> list[Certificate]:
    """Cards of one holder whose windows overlap, some with an application or what they replace."""
    rng = Random(seed)
    cards = []
    for number in range(count):
        issued_on = date(2005, 1, 1) + timedelta(days=rng.randint(0, 3000))
        expires_on = issued_on + timedelta(days=rng.choice((0, 30, 61, 365, 1826)))
        facts = rng.choice(({}, {}, {"renewal_applied_on": expires_on}, {"replaces": "unknown"}))
        each = card(f"{holder_id}-{number}", issued_on, expires_on, **facts)
        cards.append(replace(each, holder_id=holder_id))
    return cards


@pytest.mark.parametrize("seed", range(many(3, 30)))
def test_crowds_of_several_sizes_and_pieces_of_any_size(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are handed on in pieces: a holder's are never cut."""
    rng = Random(seed)
    sizes = (1, 1, 2, 2, 3, 30, 31, 45, 60, 300)
    cards = [
        each
        for number, size in enumerate(sizes)
        # Some holders have a 統一編號, some a key.
        for each in overlapping(
            rng.randrange(10**6), rng.choice(("{:08}", "K{}")).format(number), size
        )
    ]
    monkeypatch.setattr("etl.commit.ordering._ROWS_AT_ONCE", rng.choice((1, 30, 100)))
    rng.shuffle(cards)
    half = len(cards) // 2
    store = store_of(tmp_path, certificates=cards[:half])
    load_certificates(store, cards[half:], 2)
    assert_derived(store, cards)
    store.close()


class CountsRows:
    """A Writer that adds up how many rows each step of each plan makes, joins above all."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer
        self.rows = 0
        writer.connection.execute("SET enable_profiling = 'no_output'")

    def __getattr__(self, verb: str) -> Any:
        if verb not in ("insert", "update", "batches"):
            return getattr(self._writer, verb)

        def call(*arguments: Any) -> Any:
            answer = getattr(self._writer, verb)(*arguments)
            if verb == "batches":
                answer = iter(list(answer))
            self.rows += self._made(json.loads(self._writer.connection.get_profiling_information()))
            return answer

        return call

    def _made(self, step: dict[str, Any]) -> int:
        made = int(step.get("operator_cardinality", 0))
        return made + sum(map(self._made, step["children"]))


def _position() -> Column[int]:
    return Column("position", BigInteger)


def rows_made(folder: Path, holders: int) -> int:
    """By linking 20,000 certificates of so many holders, as a first load and once more."""
    store = store_of(folder)
    cards = [
        replace(each, holder_id=f"{number % holders:08}")
        for number, each in enumerate(overlapping(7, "crowd", 20_000))
    ]
    first, some = (
        Table(name, MetaData(), *[Column(c.name, c.type) for c in certificates_table.c], position)
        for name, position in (("first", _position()), ("some", _position()))
    )
    with store.writing() as writer:
        writer.scratch(first)
        writer.append(first, arriving(cards, 1))
        counting = CountsRows(writer)
        insert_linked(cast(Writer, counting), first)
        writer.scratch(some)
        writer.append(some, arriving(cards[:100], 2))
        merge_linked(cast(Writer, counting), some)
    store.close()
    return counting.rows


def test_no_plan_makes_pairs(tmp_path: Path) -> None:
    """Whatever DuckDB chooses: pairs would be 400,000,000."""
    assert 20_000 < rows_made(tmp_path / "one", 1) < 60 * 20_000
    assert 20_000 < rows_made(tmp_path / "many", 5_000) < 60 * 20_000
