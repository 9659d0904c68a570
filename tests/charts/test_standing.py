"""The sentences of the overview hold the numbers that they are about."""

from datetime import date

import pandas as pd
import pytest

from adoption.charts import attention, changes, comparison
from adoption.charts.attention import Item
from adoption.charts.chart import Question
from adoption.charts.headlines import Headline, headlines, state_text, targets_table, verdict
from adoption.language import LANGUAGES, Language
from adoption.metrics import HEADLINE_NUMBERS, METRICS, Selection, evaluate
from adoption.metrics.attention import LateFeed
from adoption.metrics.changes import Certificates, Change
from adoption.metrics.headline import ADOPTION_RATE
from adoption.metrics.targets import Target, Targets
from adoption.store import Store
from tests.charts.test_charts import asked

AS_OF = date(2013, 9, 24)
SYSTEMS, HOLDERS = HEADLINE_NUMBERS[1], HEADLINE_NUMBERS[3]
NOTHING = Change((), (), (), (), Certificates(0, 0, 0, 0, 0, 0))


def goal(number: object, value: float, scope: str = "") -> Target:
    field = "side" if scope else ""
    return Target(number, field, scope, date(2012, 12, 31), date(2013, 12, 31), value)  # type: ignore[arg-type]


def said(change: Change, language: Language = "zh") -> list[str]:
    question = Question(Selection(AS_OF), language, lambda key, selection: pd.DataFrame())
    return changes.sentences(question, change)


def test_a_number_beside_its_target(sample_store: Store) -> None:
    targets = Targets((goal(SYSTEMS, 168), goal(HOLDERS, 10_000_000)), ())
    shown = headlines(asked(sample_store), targets)
    assert [headline.state for headline in shown] == [None, "on_track", None, "behind", None]
    # 152 systems on 2012-12-31; 267 of 365 days have passed: 152 + 16 * 267 / 365 = 163.7.
    assert shown[1].target == "目標：102/12/31 前達 168；目前應達 164"
    assert shown[0].target == ""
    assert verdict(asked(sample_store), shown, 2) == (
        "5 項數字中有 2 項訂有目標：1 項落後、1 項符合進度。有 2 件事需要注意。"
    )
    assert verdict(asked(sample_store, "en"), shown, 0) == (
        "Of 5 numbers, 2 have a target: 1 behind, 1 on track. Nothing needs attention."
    )


def test_a_target_for_the_whole_says_nothing_of_a_part(sample_store: Store) -> None:
    whole, part = Targets((goal(SYSTEMS, 168),), ()), Targets((goal(SYSTEMS, 28, "ministry"),), ())
    ministry = asked(sample_store, side=("ministry",))
    assert headlines(ministry, whole)[1].state is None
    assert headlines(ministry, part)[1].state == "reached"
    assert headlines(asked(sample_store), part)[1].state is None
    assert "這裡的各項數字都未訂目標。" in verdict(ministry, headlines(ministry, whole), 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_its_word(language: Language, sample_store: Store) -> None:
    question = asked(sample_store, language)
    words = [
        state_text(question, state)
        for state in ("reached", "on_track", "behind", "not_started", None)
    ]
    assert len(set(words)) == 5


def test_the_targets_table_has_every_current_target(sample_store: Store) -> None:
    goals = (goal(SYSTEMS, 168), goal(SYSTEMS, 30, "ministry"), goal(ADOPTION_RATE, 0.9))
    table = targets_table(asked(sample_store, county=("臺北市",)), Targets(goals, ()))
    (rates,) = evaluate(
        sample_store, METRICS["adoption_rate_totals"], Selection(AS_OF)
    ).itertuples()
    assert table["範圍"].tolist() == ["全部", "本部暨所屬機關", "全部"]
    assert table["目前"].tolist() == ["166", "28", f"{100 * rates.holders / rates.registered:.1f}%"]
    assert table["目標值"].tolist() == ["168", "30", "90.0%"]
    assert table["狀態"].tolist()[::2] == ["符合進度", "落後"]


def test_another_day_beside_a_number(sample_store: Store) -> None:
    before = date(2012, 9, 24)
    question = asked(sample_store)
    systems = headlines(question, None, before)[1]
    assert (systems.value, systems.change, systems.then) == ("166", "+20", "101/09/24 為 146")
    # The later of the two days can be the one compared with.
    earlier = Question(Selection(before), "zh", question.answer)
    assert headlines(earlier, None, AS_OF)[1].change == "−20"


def test_two_days_side_by_side(sample_store: Store) -> None:
    question, before = asked(sample_store), date(2012, 9, 24)
    table = comparison.table(question, before).set_index("項目")
    assert table.loc["已導入系統"].tolist() == [166, 146, 20, 13.7]
    valid = [
        int(evaluate(sample_store, METRICS["valid_totals"], Selection(day))["valid"].sum())
        for day in (AS_OF, before)
    ]
    assert table.loc["有效憑證（張）", ["102/09/24", "101/09/24"]].tolist() == valid
    stages = evaluate(sample_store, METRICS["reminder_stages"], Selection(AS_OF))
    reached = [name for name in table.index if name.startswith("已到達提醒")]
    assert table.loc[reached, "102/09/24"].tolist() == stages["certificates"].tolist()
    assert "已導入系統 166（原 146）" in comparison.sentence(question, before)


def test_two_days_on_an_empty_store_and_before_all_data(
    sample_store: Store, empty_store: Store
) -> None:
    assert comparison.table(asked(empty_store), date(2012, 1, 1))["差異"].eq(0).all()
    table = comparison.table(asked(sample_store), date(1990, 1, 1)).set_index("項目")
    assert table.loc["已導入系統"].tolist()[:3] == [166, 0, 166]
    assert pd.isna(table.loc["已導入系統", "增減（%）"])  # of nothing


def test_what_changed_by_name_where_few() -> None:
    change = Change(
        ("甲", "乙", "丙", "丁"), ("戊",), ("己",), (), Certificates(1234, 400, 20, 300, 914, -8)
    )
    assert said(change) == [
        "新導入系統 4 個：甲、乙、丙等。",
        "不再導入的系統 1 個：戊。",
        "新增已導入單位 1 個：己。",
        "核發 1,234 張，其中換發 400 張；終止 20 張，到期 300 張。",
        "有效憑證 +914 張，持有者 −8 家。",
    ]
    assert said(change, "en")[0] == "Systems newly integrated: 4 (甲, 乙, 丙 and others)."


def test_a_correction_is_said_with_its_sign() -> None:
    change = Change((), (), (), (), Certificates(-5, 0, 2, 0, -7, -7))
    assert said(change)[0] == "核發 −5 張，其中換發 0 張；終止 +2 張，到期 0 張。"


def test_nothing_changed() -> None:
    assert said(NOTHING) == ["各項數字都沒有改變。"]


def test_what_is_wrong_with_the_data(sample_store: Store) -> None:
    late = LateFeed("reminders", date(2013, 8, 1), 54, 35)
    items = attention.of_the_data(asked(sample_store), 2, [late], ["satisfaction"], str.upper)
    assert items == [
        Item("有 2 項控制總數與資料不符。", "data"),
        Item(
            "REMINDERS資料遲到：最近一筆為 102/08/01，早於資料截止日 54 天（通常不超過 35 天）。",
            "data",
        ),
        Item("找不到對應數字的目標：satisfaction。", "data"),
    ]
    assert attention.of_the_data(asked(sample_store), 0, [], [], str.upper) == []


def asked_with(store: Store, key: str, rows: pd.DataFrame) -> Question:
    """A question to which the metric `key` answers `rows`, and all others what they do."""
    question = asked(store)

    def answer(named: str, selection: Selection) -> pd.DataFrame:
        return rows if named == key else question.answer(named, selection)

    return Question(question.selection, "zh", answer)


def said_about(store: Store, key: str, rows: pd.DataFrame, page: str) -> list[Item]:
    """What is to be looked at on `page` when the metric `key` gives `rows`."""
    items = attention.of_the_numbers(asked_with(store, key, rows), [])
    return [item for item in items if item.page == page]


def test_a_headline_that_is_behind(sample_store: Store) -> None:
    shown: list[Headline] = headlines(asked(sample_store), Targets((goal(SYSTEMS, 500),), ()))
    (item, *_) = attention.of_the_numbers(asked(sample_store), shown)
    assert item == Item("已導入系統 166：落後目標。", "rollout")


@pytest.mark.skipif("overdue_systems" not in METRICS, reason="there is no such metric yet")
def test_overdue_systems_the_longest_overdue_first(sample_store: Store) -> None:
    days = pd.to_datetime(["2013-09-01", "2013-01-01", "2013-05-01", "2013-08-01"])
    rows = pd.DataFrame({"system": ["甲", "乙", "丙", "丁"], "target_on": days})
    assert said_about(sample_store, "overdue_systems", rows, "rollout") == [
        Item("有 4 個系統逾預定日仍未導入，逾期最久的是：乙、丙、丁。", "rollout")
    ]
    assert said_about(sample_store, "overdue_systems", rows.head(0), "rollout") == []


@pytest.mark.skipif("mail_delivery" not in METRICS, reason="there is no such metric yet")
def test_stages_whose_mails_are_missing(sample_store: Store) -> None:
    rows = pd.DataFrame({"stage": [45, 30, 15, 1], "due": [9, 8, 7, 6], "missing": [0, 3, 0, 1]})
    assert said_about(sample_store, "mail_delivery", rows, "reminders") == [
        Item(
            "應寄而沒有寄送紀錄的提醒信：到期前30天缺 3 封（應寄 8 封）；"
            "到期前1天缺 1 封（應寄 6 封）。",
            "reminders",
        )
    ]
    whole = rows.assign(missing=0)
    assert said_about(sample_store, "mail_delivery", whole, "reminders") == []
