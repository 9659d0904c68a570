"""The bundled catalogue, counted with nothing but csv: it must agree with the briefing."""

import csv
from datetime import date
from pathlib import Path

CATALOGUE = Path(__file__).resolve().parent.parent / "data" / "catalogue"
CUT_OFF = "2013-09-24"  # ISO days compare as text
EVENTS = ("planned_on", "testing_on", "integrated_on", "retired_on")

BRIEFING_UNITS = {
    "經濟部商業司",
    "台灣自來水公司",
    "財政部財稅資料中心",
    "行政院勞委會勞保局",
    "行政院衛生署",
}
BRIEFING_SYSTEMS = {
    "經濟部商工電子公文交換服務系統",
    "公司登記線上申辦系統",
    "商業登記線上申辦系統",
    "台灣自來水公司電子帳單服務系統",
    "財政部財稅資料中心電子發票整合服務平台",
    "行政院勞委會勞保局e化服務系統",
    "行政院衛生署藥品物料聯購網",
}


def rows(name: str) -> list[dict[str, str]]:
    with (CATALOGUE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


UNITS = {row["unit_code"]: row for row in rows("units")}
SYSTEMS = rows("systems")


def integrated_on_the_cut_off() -> list[dict[str, str]]:
    return [
        row
        for row in SYSTEMS
        if row["integrated_on"]
        and row["integrated_on"] <= CUT_OFF
        and (not row["retired_on"] or row["retired_on"] > CUT_OFF)
    ]


def test_codes_are_unique_and_every_system_has_its_unit() -> None:
    assert len(UNITS) == len(rows("units")) == 55
    assert len({row["system_code"] for row in SYSTEMS}) == len(SYSTEMS)
    assert {row["unit_code"] for row in SYSTEMS} == set(UNITS)


def test_totals_are_those_of_the_briefing() -> None:
    counted = integrated_on_the_cut_off()
    for side, units, systems in (("ministry", 11, 28), ("external", 39, 138)):
        of_side = [row for row in counted if UNITS[row["unit_code"]]["side"] == side]
        assert len(of_side) == systems
        assert len({row["unit_code"] for row in of_side}) == units


def test_no_event_after_the_cut_off() -> None:
    days = [row[event] for row in SYSTEMS for event in EVENTS if row[event]]
    assert max(days) <= CUT_OFF
    assert all(date.fromisoformat(day).isoformat() == day for day in days)


def test_a_system_goes_through_its_stages_in_order() -> None:
    for row in SYSTEMS:
        days = [row[event] for event in EVENTS if row[event]]
        assert days == sorted(days), row["system_code"]
        assert days, row["system_code"]


def test_systems_on_their_way_and_retired_ones_come_on_top() -> None:
    on_their_way = [row for row in SYSTEMS if not row["integrated_on"]]
    overdue = [row for row in on_their_way if row["target_on"] and row["target_on"] < CUT_OFF]
    assert len(on_their_way) == 29
    assert len(overdue) == 10
    # One is due on the day itself, which is not overdue yet; two have no target.
    assert sum(row["target_on"] == CUT_OFF for row in on_their_way) == 1
    assert sum(not row["target_on"] for row in on_their_way) == 2
    assert len([row for row in SYSTEMS if row["retired_on"]]) == 2
    assert len(SYSTEMS) == 28 + 138 + 29 + 2


def test_five_units_have_integrated_nothing_yet() -> None:
    integrated = {row["unit_code"] for row in integrated_on_the_cut_off()}
    assert set(UNITS) - integrated == {"M12", "E40", "E41", "E42", "E43"}


def test_integration_grows_over_ten_years_and_fastest_from_2008_to_2012() -> None:
    years = [int(row["integrated_on"][:4]) for row in integrated_on_the_cut_off()]
    assert set(years) == set(range(2003, 2014))
    assert sum(2008 <= year <= 2012 for year in years) > len(years) / 2


def test_what_is_called_briefing_is_what_the_briefing_names() -> None:
    units = [row["name"] for row in UNITS.values() if row["provenance"] == "briefing"]
    systems = [row["name"] for row in SYSTEMS if row["provenance"] == "briefing"]
    assert sorted(units) == sorted(BRIEFING_UNITS)
    assert sorted(systems) == sorted(BRIEFING_SYSTEMS)


def test_sample_names_cannot_be_mistaken_for_real_ones() -> None:
    for row in [*UNITS.values(), *SYSTEMS]:
        if row["provenance"] != "briefing":
            assert row["provenance"] == "sample"
            assert row["name"].startswith("示範")
            assert row["name_en"].startswith("Sample ")


def test_vocabularies() -> None:
    assert {row["sector"] for row in UNITS.values()} == {"government", "private"}
    ministry = [row["sector"] for row in UNITS.values() if row["side"] == "ministry"]
    assert ministry == ["government"] * 12
    assert 5 <= len({row["category"] for row in SYSTEMS}) <= 7
