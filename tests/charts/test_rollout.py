"""Charts of stages, plan and waves: their figures and sentences hold the metrics' numbers."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from adoption.charts import integration, stages, waves
from adoption.charts.chart import Chart, Question
from adoption.language import Language
from adoption.metrics import METRICS, Selection, evaluate
from adoption.store import Store
from tests.reference import System, Target, Unit
from tests.stores import store_of

AS_OF = date(2013, 9, 24)


def asked(store: Store, language: Language = "zh", **narrowed: object) -> Question:
    def answer(key: str, selection: Selection) -> pd.DataFrame:
        return evaluate(store, METRICS[key], selection)

    return Question(Selection(AS_OF, **narrowed), language, answer)  # type: ignore[arg-type]


def one_unit(
    folder: Path, systems: Iterable[System], targets: Iterable[Target] = (), name: str = "甲局"
) -> Question:
    return asked(store_of(folder, [Unit("M1", name, "ministry")], systems, targets=targets))


def rows_named(chart: Chart) -> list[str]:
    return [
        f"{n}　{note}"
        for n, note in zip(chart.spec.place_texts, chart.spec.places.notes, strict=True)
    ]


def test_a_bar_a_side_and_sector(sample_store: Store) -> None:
    chart = stages.by_stage(asked(sample_store))
    assert {each.name: each.values for each in chart.spec.series} == {
        "已導入": (28, 75, 63),
        "測試中": (5, 5, 5),
        "規劃中": (4, 4, 6),
        "已下線": (1, 1, 0),
    }
    assert chart.spec.place_texts == ("本部暨所屬", "其他政府機關", "民間機構")
    assert chart.says == "29 個系統在規劃或測試中；10 個逾期未導入。"


def test_the_longest_overdue_are_drawn_first_and_named(sample_store: Store) -> None:
    chart = stages.overdue(asked(sample_store))
    (days,) = chart.spec.series
    assert days.values == (270, 179, 116, 88, 88, 55, 39, 25, 11, 4)
    assert chart.spec.texts(days)[0] == "270 天（預定 101/12/28）"
    assert rows_named(chart)[1] == "示範會員服務系統 M02-5　台灣自來水公司"
    assert chart.says == "10 個系統逾期未導入，最久 270 天：示範會員服務系統 E13-5。"


def test_that_nothing_is_overdue_is_said(tmp_path: Path) -> None:
    question = one_unit(tmp_path, [System("S", "M1", integrated_on=AS_OF, target_on=AS_OF)])
    chart = stages.overdue(question)
    assert chart.figure is None
    assert chart.says == "截至民國102年9月24日，沒有逾期未導入的系統。"
    assert stages.waiting(question).says == "截至民國102年9月24日，沒有規劃中或測試中的系統。"


def test_who_waits_longest_stands_first(tmp_path: Path) -> None:
    question = one_unit(
        tmp_path,
        [
            System("A", "M1", "甲系統", planned_on=date(2013, 6, 24)),
            System("B", "M1", "乙系統", testing_on=date(2013, 1, 1)),
            System("C", "M1", "丙系統", integrated_on=date(2003, 1, 1)),  # waits no longer
        ],
    )
    chart = stages.waiting(question)
    assert rows_named(chart) == ["乙系統　甲局", "甲系統　甲局"]
    assert chart.says == "停留最久：乙系統，測試中 8 個月。"
    assert chart.spec.series[0].meanings == ("testing", "planned")
    assert list(chart.table["停留（月）"]) == [8, 3]


def test_more_than_are_drawn_are_in_the_table(tmp_path: Path) -> None:
    target = date(2013, 1, 1)
    many = [
        System(f"S{number:02}", "M1", planned_on=target, target_on=target) for number in range(12)
    ]
    for draw in (stages.waiting, stages.overdue):
        chart = draw(one_unit(tmp_path / draw.__name__, many))
        assert len(rows_named(chart)) == stages.MOST_BARS
        assert len(chart.table) == 12


def test_a_systems_stages_follow_one_another(tmp_path: Path) -> None:
    system = System(
        "A",
        "M1",
        planned_on=date(2012, 1, 1),
        integrated_on=date(2012, 1, 11),
        retired_on=date(2012, 3, 1),
        target_on=date(2012, 1, 5),
    )
    chart = stages.of_unit(one_unit(tmp_path, [system]))
    *spans, target = chart.spec.series
    assert {each.name: (each.starts[0], each.values[0]) for each in spans} == {
        "規劃中": (date(2012, 1, 1), 10),
        "已導入": (date(2012, 1, 11), 50),
        "已下線": (date(2012, 3, 1), 572),  # to the as-of day
    }
    assert target.starts == (date(2012, 1, 5),)


def test_a_system_without_any_date_is_listed_when_it_is_overdue(tmp_path: Path) -> None:
    chart = stages.of_unit(one_unit(tmp_path, [System("A", "M1", target_on=date(2013, 9, 1))]))
    assert rows_named(chart) == ["系統　尚無日期、逾期 23 天"]
    assert list(chart.table["階段"]) == ["尚無日期"]
    assert list(chart.table["自何日起"]) == [""]


def test_the_plan_stands_beside_what_was_integrated(tmp_path: Path) -> None:
    systems = [
        System("A", "M1", integrated_on=date(2013, 7, 1), target_on=date(2013, 6, 30)),
        System("B", "M1", testing_on=date(2013, 1, 1), target_on=date(2013, 8, 1)),
        System("C", "M1", planned_on=date(2013, 1, 1), target_on=date(2013, 11, 1)),
    ]
    chart = waves.plan(one_unit(tmp_path, systems))
    actual, planned = (
        [
            pair
            for pair in zip(chart.spec.places.at, line.values, strict=True)
            if pair[1] is not None
        ]
        for line in chart.spec.series
    )
    # A month counts at its end, the running one on the as-of day.
    assert actual == [
        (date(2013, 6, 30), 0),
        (date(2013, 7, 31), 1),
        (date(2013, 8, 31), 1),
        (date(2013, 9, 24), 1),
    ]
    assert planned[-3:] == [
        (date(2013, 9, 24), 2),
        (date(2013, 10, 31), 2),
        (date(2013, 11, 30), 3),
    ]
    assert chart.says == "至今應導入 2 個系統，已導入 1 個；1 個逾期。"


def test_a_plan_that_lies_ahead(tmp_path: Path) -> None:
    system = System("A", "M1", planned_on=AS_OF, target_on=date(2014, 1, 31))
    assert waves.plan(one_unit(tmp_path, [system])).says == "到103年1月有 1 個系統預定導入。"


@pytest.mark.parametrize(
    ("goal", "due_on", "said"),
    [
        (1, date(2013, 9, 24), "民國102年9月24日前 1 個系統的目標已達成（1 個）。"),
        (2, date(2013, 9, 23), "民國102年9月23日前 2 個系統的目標未達成（1 個）。"),
        (2, date(2013, 12, 31), "目標是民國102年12月31日前 2 個系統，目前 1 個。"),
    ],
)
def test_the_curve_says_whether_a_goal_is_reached(
    tmp_path: Path, goal: float, due_on: date, said: str
) -> None:
    systems = [System("A", "M1", integrated_on=date(2013, 1, 1))]
    targets = [
        Target("integration_totals", "ministry", due_on, goal),
        Target("integration_totals", "", due_on, goal),
    ]
    chart = integration.curve(one_unit(tmp_path, systems, targets))
    assert f"全部：{said}" in chart.says
    assert f"本部暨所屬機關：{said}" in chart.says
    drawn = [each.values for each in chart.spec.series if each.name == "目標"]
    assert [[value for value in values if value is not None] for values in drawn] == [
        [goal],
        [goal],
    ]


def test_markup_in_names_is_text(tmp_path: Path) -> None:
    system = System("A", "M1", "<b>&系統</b>", planned_on=AS_OF, target_on=date(2013, 9, 1))
    question = one_unit(tmp_path, [system], name="<i>局</i>")
    for draw in (stages.waiting, stages.overdue):
        (note,) = draw(question).figure.layout.annotations
        assert note.text == "<b>&lt;b>&amp;系統&lt;/b></b>　&lt;i>局&lt;/i>"
    (note,) = stages.of_unit(question).figure.layout.annotations
    assert note.text.startswith("<b>&lt;b>&amp;系統&lt;/b></b>")


def test_few_systems_are_ticked_one_by_one(tmp_path: Path) -> None:
    few = one_unit(tmp_path / "few", [System("A", "M1", integrated_on=date(2013, 1, 1))])
    many = one_unit(
        tmp_path / "many",
        [System(f"S{number}", "M1", integrated_on=date(2013, 1, 1)) for number in range(9)],
    )
    for draw, axis in (
        (stages.by_stage, "xaxis"),
        (integration.by_unit, "xaxis"),
        (integration.curve, "yaxis"),
    ):
        drawn = [draw(question).figure for question in (few, many)]
        assert [figure.layout[axis].dtick for figure in drawn if figure is not None] == [1, None]
