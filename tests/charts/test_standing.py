"""The sentences of the overview hold the numbers that they are about."""

import re
from datetime import date

import pandas as pd
import pytest

from adoption.charts import attention, changes, comparison
from adoption.charts.attention import Item
from adoption.charts.chart import Question
from adoption.charts.headlines import (
    behind_text,
    headlines,
    progress_text,
    state_text,
    verdict,
)
from adoption.language import LANGUAGES, Language
from adoption.metrics import HEADLINE_NUMBERS, METRICS, Selection, evaluate
from adoption.metrics.attention import LateFeed
from adoption.metrics.changes import Certificates, Change
from adoption.metrics.headline import ADOPTION_RATE
from adoption.metrics.targets import Target, Targets
from adoption.store import Store
from tests.charts.test_charts import asked

AS_OF = date(2013, 9, 24)
_, SYSTEMS, _, HOLDERS, TO_RENEW = HEADLINE_NUMBERS
NOTHING = Change((), (), (), (), Certificates(0, 0, 0, 0, 0, 0))


def goal(number: object, value: float, scope: str = "") -> Target:
    field = "side" if scope else ""
    return Target(number, field, scope, date(2012, 12, 31), date(2013, 12, 31), value)  # type: ignore[arg-type]


def said(change: Change, language: Language = "zh") -> list[str]:
    question = Question(Selection(AS_OF), language, lambda key, selection: pd.DataFrame())
    return changes.sentences(question, change)


def test_the_adoption_rate_comes_first_with_the_year_s_change(sample_store: Store) -> None:
    targets = Targets((goal(ADOPTION_RATE, 0.9),), ())
    rate = headlines(asked(sample_store), targets)[0]
    now, then = (
        evaluate(sample_store, METRICS["adoption_rate_totals"], Selection(day))["rate"].iloc[0]
        for day in (AS_OF, date(2012, 9, 24))
    )
    assert (rate.label, rate.value) == ("採用率", f"{100 * now:.1f}%")
    assert rate.change == f"{100 * (now - then):+.1f} 個百分點"
    assert rate.since == "較 101/09/24"
    assert (rate.state, rate.target) == ("behind", "目標 90.0%（102/12/31）")


def test_a_number_beside_its_target(sample_store: Store) -> None:
    targets = Targets((goal(SYSTEMS, 168), goal(HOLDERS, 10_000_000)), ())
    _, units, systems, valid, holders, to_renew = headlines(asked(sample_store), targets)
    assert (systems.state, holders.state) == ("on_track", "behind")
    assert {each.progress for each in (units, valid, to_renew)} == {None}
    assert systems.target == "目標 168（102/12/31）"
    # 152 systems on 2012-12-31; 267 of 365 days have passed: 152 + 16 * 267 / 365 = 163.7.
    assert systems.progress is not None
    assert systems.progress.expected == pytest.approx(163.7, abs=0.01)


def test_by_how_much_a_number_is_behind_is_rounded_up(sample_store: Store) -> None:
    """152 + 30 * 267 / 365 = 173.9, and 166 are."""
    (systems,) = (
        each
        for each in headlines(asked(sample_store), Targets((goal(SYSTEMS, 182),), ()))
        if each.progress
    )
    assert systems.progress is not None
    assert behind_text(asked(sample_store), systems.progress) == "8 個"
    assert progress_text(asked(sample_store), systems.progress) == "落後 8 個"
    assert progress_text(asked(sample_store, "en"), systems.progress) == "Behind by 8"


def said_with(store: Store, language: Language, *goals: Target) -> str:
    question = asked(store, language)
    return verdict(question, headlines(question, Targets(goals, ())))


def test_the_verdict_is_how_far_and_what_is_furthest_behind(sample_store: Store) -> None:
    rate = evaluate(sample_store, METRICS["adoption_rate_totals"], Selection(AS_OF))["rate"].iloc[0]
    shown = f"{100 * rate:.1f}%"
    assert said_with(sample_store, "zh") == f"採用率 {shown}，未訂目標。"
    reached = goal(ADOPTION_RATE, 0.1)
    assert said_with(sample_store, "zh", reached) == f"採用率 {shown}，已達目標 10.0%。"
    some, more = goal(SYSTEMS, 182), goal(HOLDERS, 10_000_000)
    assert said_with(sample_store, "zh", reached, some).endswith("；已導入系統落後 8 個。")
    assert said_with(sample_store, "en", reached, some).endswith(
        "; systems integrated behind by 8."
    )
    behind = said_with(sample_store, "zh", goal(ADOPTION_RATE, 0.9), some, more)
    assert re.fullmatch(
        rf"採用率 {shown}，較應有進度少 [\d.]+ 個百分點；憑證持有者落後 [\d,]+ 家。", behind
    )


def test_a_target_for_the_whole_says_nothing_of_a_part(sample_store: Store) -> None:
    whole, part = Targets((goal(SYSTEMS, 168),), ()), Targets((goal(SYSTEMS, 28, "ministry"),), ())
    ministry = asked(sample_store, side=("ministry",))
    assert headlines(ministry, whole)[2].state is None
    assert headlines(ministry, part)[2].state == "reached"
    assert headlines(asked(sample_store), part)[2].state is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_its_word(language: Language, sample_store: Store) -> None:
    question = asked(sample_store, language)
    words = [
        state_text(question, state)
        for state in ("reached", "on_track", "behind", "not_started", None)
    ]
    assert len(set(words)) == 5


def test_another_day_beside_a_number(sample_store: Store) -> None:
    before = date(2012, 9, 24)
    question = asked(sample_store)
    systems = headlines(question, None, before)[2]
    assert (systems.value, systems.change, systems.then) == ("166", "+20", "101/09/24 為 146")
    # The later of the two days can be the one compared with.
    earlier = Question(Selection(before), "zh", question.answer)
    assert headlines(earlier, None, AS_OF)[2].change == "−20"


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


@pytest.mark.parametrize(
    ("differs", "says"),
    [
        ("within", "核發 120 張，如常（100–200）。"),
        ("above", "核發 120 張，高於平常（100–200）。"),
        ("below", "核發 120 張，低於平常（100–200）。"),
        ("", "核發 120 張。"),
    ],
)
def test_what_was_issued_against_what_is_usual(
    sample_store: Store, differs: str, says: str
) -> None:
    rows = pd.DataFrame({"issued": [1, 120], "low": 100.4, "high": 199.6, "differs": ["", differs]})
    assert changes.issued(asked_with(sample_store, "issued_and_usual", rows)) == says
    none = asked_with(sample_store, "issued_and_usual", rows.head(0))
    assert changes.issued(none) == ""


def test_of_those_reminded_how_many_renewed_in_time(sample_store: Store) -> None:
    """Of the twelve whole months before the as-of day's; before the first mail nobody is."""
    rows = pd.DataFrame(
        [
            ("2013-09-01", "open", 99),
            ("2013-08-01", "before_first", 99),
            ("2013-08-01", "after_45", 3),
            ("2013-08-01", "late", 2),
            ("2012-09-01", "lapsed", 5),
            ("2012-08-01", "after_45", 99),
        ],
        columns=["expiry_month", "outcome", "certificates"],
    )
    rows["expiry_month"] = pd.to_datetime(rows["expiry_month"])
    question = asked_with(sample_store, "reminder_journey", rows)
    assert changes.renewed_of_reminded(question) == ("提醒後及時換發 30.0%（近 12 個月到期）。")


def test_what_is_wrong_with_the_data(sample_store: Store) -> None:
    late = LateFeed("reminders", date(2013, 8, 1), 54, 35)
    items = attention.of_the_data(asked(sample_store), 2, [late], ["satisfaction"], str.upper)
    assert list(items) == [
        Item("有 2 項控制總數與資料不符。", "data"),
        Item("REMINDERS已 54 天沒有新資料（通常不超過 35 天）。", "data"),
        Item("找不到對應數字的目標：satisfaction。", "data"),
    ]
    assert list(attention.of_the_data(asked(sample_store), 0, [], [], str.upper)) == []


def asked_with(store: Store, key: str, rows: pd.DataFrame, language: Language = "zh") -> Question:
    """A question to which the metric `key` answers `rows`, and all others what they do."""
    question = asked(store)

    def answer(named: str, selection: Selection) -> pd.DataFrame:
        return rows if named == key else question.answer(named, selection)

    return Question(question.selection, language, answer)


def said_about(store: Store, key: str, rows: pd.DataFrame, language: Language = "zh") -> list[Item]:
    """What is to be looked at when `key` gives `rows`, and not when it gives none of them."""
    found = list(attention.of_the_numbers(asked_with(store, key, rows, language), []))
    without = list(attention.of_the_numbers(asked_with(store, key, rows.head(0), language), []))
    return [item for item in found if item not in without]


def test_a_headline_that_is_behind(sample_store: Store) -> None:
    (systems, *_) = attention.of_the_numbers(
        asked(sample_store), headlines(asked(sample_store), Targets((goal(SYSTEMS, 182),), ()))
    )
    assert systems == Item("已導入系統 166 個，較應有進度少 8 個（4.6%）。", "rollout")
    few = headlines(asked(sample_store), Targets((goal(TO_RENEW, 0),), ()))
    (too_many, *_) = attention.of_the_numbers(asked(sample_store), few)
    assert re.fullmatch(r"45天內待換發 \d+ 張，較應有進度多 \d+ 張（[\d.]+%）。", too_many.says)
    rate = headlines(asked(sample_store), Targets((goal(ADOPTION_RATE, 0.9),), ()))
    (low, *_) = attention.of_the_numbers(asked(sample_store), rate)
    assert re.fullmatch(r"採用率 [\d.]+%，較應有進度少 [\d.]+ 個百分點。", low.says)
    assert (too_many.page, low.page) == ("expiries", "issuance")


def test_overdue_systems_by_unit_the_longest_first(sample_store: Store) -> None:
    days = pd.to_datetime(["2013-09-01", "2013-01-01", "2013-05-01", "2013-05-02"])
    rows = pd.DataFrame(
        {
            "unit_code": ["U1", "U2", "U2", "U3"],
            "unit": ["甲", "乙", "乙", "丙"],
            "target_on": days,
            "days_overdue": [23, 266, 146, 145],
        }
    )
    assert said_about(sample_store, "overdue_systems", rows) == [
        Item("4 個系統逾期未導入，最久：乙 266 天、丙 145 天。", "rollout")
    ]
    one = rows.head(1).assign(days_overdue=1)
    assert said_about(sample_store, "overdue_systems", one, "en") == [
        Item("1 system is overdue, the longest: 甲 1 day.", "rollout")
    ]


def test_counties_and_units_that_are_low_beyond_chance(sample_store: Store) -> None:
    differs = {"differs": ["below", "above", "within", "below"]}
    counties = pd.DataFrame({"county": list("甲乙丙丁"), "rate": [0.2, 0.9, 0.3, 0.1], **differs})
    assert said_about(sample_store, "adoption_rate_by_county", counties) == [
        Item("採用率明顯偏低：丁 10.0%、甲 20.0%。", "issuance")
    ]
    units = pd.DataFrame({"unit": list("甲乙丙丁"), "share": [0.2, 0.9, 0.3, 0.1], **differs})
    assert said_about(sample_store, "systems_by_unit", units) == [
        Item("導入比率明顯偏低：丁 10.0%、甲 20.0%。", "rollout")
    ]


def test_mails_that_are_missing_since_the_log_begins(sample_store: Store) -> None:
    rows = pd.DataFrame(
        {
            "stage": [45, 30, 15, 1],
            "due": [40, 30, 20, 10],
            "missing": [9, 3, 0, 1],
            "before_log": [9, 0, 0, 0],
        }
    )
    assert said_about(sample_store, "mail_delivery", rows) == [
        Item("應寄提醒缺 4 封（4.0%），以到期前30天最多。", "reminders")
    ]
    assert said_about(sample_store, "mail_delivery", rows.assign(missing=rows["before_log"])) == []
