"""What the slides say: in their order, in both languages, with few records or none."""

from datetime import date
from pathlib import Path

import pytest
from pptx.enum.chart import XL_MARKER_STYLE

from adoption.briefing.asked import question_of
from adoption.briefing.content import Briefing, Slide
from adoption.briefing.subjects import SUBJECTS
from adoption.charts import adoption_rate, expiry, issuance, outcomes, reminders
from adoption.language import Language
from adoption.metrics import METRICS, Selection
from adoption.store import Store
from tests.briefing.decks import AS_OF, briefing_of, charts, opened, page, title_of
from tests.reference import Certificate, System, Unit
from tests.stores import store_of


def slide_of(briefing: Briefing, key: str) -> Slide:
    (slide,) = (slide for slide in briefing.slides if slide.key == key)
    return slide


def test_the_standing_is_the_source_briefings(briefings: dict[Language, Briefing]) -> None:
    slide = slide_of(briefings["zh"], "standing")
    assert [(panel.title, panel.count) for panel in slide.panels] == [
        ("本部暨所屬機關", "(計11個單位28個系統)"),
        ("其他政府機關及民間機構", "(計39個機關138個系統)"),
    ]
    assert [panel.lines for panel in slide.panels] == [
        (
            "經濟部商工電子公文交換服務系統",
            "公司登記線上申辦系統 / 商業登記線上申辦系統",
            "台灣自來水公司電子帳單服務系統",
            "⋮",
        ),
        (
            "財政部財稅資料中心電子發票整合服務平台",
            "行政院勞委會勞保局e化服務系統",
            "行政院衛生署藥品物料聯購網",
            "⋮",
        ),
    ]
    assert slide.says == ("已導入工商憑證機制之應用系統概況",)
    assert slide.below == "統計期限至本(102)年9月24日止"
    assert "與說明會簡報的控制總數相符。" in slide.notes


def test_names_are_english_in_english_where_they_are_known(tmp_path: Path) -> None:
    store = store_of(
        tmp_path,
        [Unit("M1", "甲局", "ministry", name_en="Office A"), Unit("M2", "乙局", "ministry")],
        [
            System("A", "M1", "甲系統", integrated_on=AS_OF, name_en="System A"),
            System("B", "M2", "乙系統", integrated_on=AS_OF),
        ],
    )
    made = briefing_of(store, "en", unit=("M1", "M2"))
    (panel,) = slide_of(made, "standing").panels
    assert panel.lines == ("System A", "乙系統")
    assert slide_of(made, "rollout").charts[0].place_texts == ("Office A", "乙局")
    assert slide_of(made, "changes").says[0] == ("Systems newly integrated: 2 (System A, 乙系統).")
    assert "Filters: Office A, 乙局" in made.source


def test_only_integrated_systems_are_named_those_of_the_source_briefing_first(
    tmp_path: Path,
) -> None:
    later = date(2013, 9, 25)
    store = store_of(
        tmp_path,
        [Unit("M1", "甲局", "ministry")],
        [
            System("A", "M1", "其他", integrated_on=AS_OF),
            System("B", "M1", "已停用", integrated_on=date(2012, 1, 1), retired_on=AS_OF),
            System("C", "M1", "明日", integrated_on=later, provenance="briefing"),
            System("D", "M1", "簡報甲", integrated_on=AS_OF, provenance="briefing"),
            System("E", "M1", "另類", "電子公文", integrated_on=AS_OF, provenance="briefing"),
            System("F", "M1", "簡報乙", integrated_on=AS_OF, provenance="briefing"),
            System("G", "M1", "不列", integrated_on=AS_OF),
        ],
    )
    (panel,) = slide_of(briefing_of(store), "standing").panels
    assert panel.lines == ("簡報甲 / 簡報乙", "另類", "其他", "⋮")
    (panel,) = slide_of(briefing_of(store, as_of=later), "standing").panels
    assert panel.lines == ("明日 / 簡報甲 / 簡報乙", "另類", "其他", "⋮")


def test_slides_come_as_they_are_chosen(
    sample_store: Store, briefings: dict[Language, Briefing]
) -> None:
    keys = ["changes", "standing"]
    assert [slide.key for slide in briefing_of(sample_store, keys=keys).slides] == keys
    assert [slide.key for slide in briefings["zh"].slides] == list(SUBJECTS)
    with pytest.raises(KeyError, match="weather"):
        briefing_of(sample_store, keys=["weather"])


def test_sentences_are_those_of_the_screen(
    sample_store: Store, briefings: dict[Language, Briefing]
) -> None:
    for language, made in briefings.items():
        asked = question_of(sample_store, Selection(AS_OF), language)
        for key, draw in (
            ("adoption", issuance.adoption_curve),
            ("adoption", adoption_rate.over_time),
            ("expiries", expiry.next_45_days),
            ("expiries", expiry.by_month),
            ("reminders", reminders.funnel),
            ("outcomes", outcomes.outcomes),
        ):
            assert draw(asked).says in slide_of(made, key).notes


def test_the_speaker_has_the_definition_of_every_metric(
    briefings: dict[Language, Briefing],
) -> None:
    for language, made in briefings.items():
        for slide in made.slides:
            for key in slide.metrics:
                definition = METRICS[key].definition.in_language(language)
                assert any(note.endswith(definition) for note in slide.notes), key
            assert bool(slide.source) == bool(slide.metrics)
    terms = slide_of(briefings["zh"], "definitions").tables[0]
    assert [row[0] for row in terms.rows] == [
        "已導入單位與系統",
        "有效憑證與持有者",
        "各縣市、組織別採用率",
        "未來24個月到期憑證",
        "到達各提醒階段的憑證",
        "提醒歷程的結果",
    ]


def test_below_stands_as_of_when_from_what_and_that_it_is_a_sample(
    briefings: dict[Language, Briefing],
) -> None:
    for language, footer in (
        ("zh", "統計截止日 民國102年9月24日 · 示範資料 · 資料來源：單位、應用系統"),
        ("en", "As of 2013-09-24 · Sample data · Source: Units, Systems"),
    ):
        made = briefings["zh" if language == "zh" else "en"]
        assert made.footer(slide_of(made, "standing")) == footer


def test_many_filters_are_counted(sample_store: Store) -> None:
    units = tuple(f"E{number:02}" for number in range(1, 30))
    made = briefing_of(sample_store, keys=["rollout"], unit=units)
    assert "篩選：財政部財稅資料中心、行政院勞委會勞保局、行政院衛生署、另 26 個" in made.source


def test_an_empty_store_has_a_slide_that_says_so(empty_store: Store) -> None:
    said: dict[Language, str] = {"zh": "目前還沒有資料。", "en": "There are no records yet."}
    for language, words in said.items():
        made = briefing_of(empty_store, language)
        assert [slide.key for slide in made.slides] == ["cover", "no_records"]
        assert made.slides[1].says == (words,)
        assert [title_of(each) for each in opened(made).slides] == [
            slide.title for slide in made.slides
        ]


def test_a_selection_that_matches_nothing_has_a_slide_that_says_so(sample_store: Store) -> None:
    made = briefing_of(sample_store, as_of=date(1990, 1, 1), unit=("E99",), county=("無",))
    assert [slide.key for slide in made.slides] == ["cover", "no_records"]
    assert made.slides[1].says == ("沒有符合此統計截止日與篩選條件的資料。",)


def test_where_some_match_the_others_say_that_none_does(tmp_path: Path) -> None:
    store = store_of(tmp_path, certificates=[Certificate("1", "1", AS_OF, date(2018, 9, 24))])
    made = briefing_of(store)
    assert [slide.key for slide in made.slides] == list(SUBJECTS)
    assert slide_of(made, "standing").says == ("沒有符合此統計截止日與篩選條件的資料。",)
    adoption = slide_of(made, "adoption")
    assert adoption.title == "有效憑證 1 張"
    (spec,) = adoption.charts  # nobody counted the registered
    assert spec.places.at == (date(2013, 9, 1),)
    (chart,) = charts(page(opened(made), "有效憑證 1 張"))
    markers = [series.marker.style for series in chart.plots[0].series]
    assert markers == [XL_MARKER_STYLE.CIRCLE] * 2, "a line of one point would not be seen"
    assert slide_of(made, "sources").says == ("還沒有載入過資料。",)


def test_one_unit_and_one_system(tmp_path: Path) -> None:
    store = store_of(
        tmp_path, [Unit("M1", "甲局", "ministry")], [System("A", "M1", integrated_on=AS_OF)]
    )
    made = briefing_of(store)
    (panel,) = slide_of(made, "standing").panels
    assert (panel.count, panel.lines) == ("(計1個單位1個系統)", ("系統",))
    (spec,) = slide_of(made, "rollout").charts
    assert (spec.place_texts, spec.series[0].values) == (("甲局",), (1,))
    assert slide_of(briefing_of(store, "en"), "rollout").title == (
        "1 unit has integrated; 0 systems are on their way"
    )


def test_the_files_that_were_loaded(briefings: dict[Language, Briefing]) -> None:
    slide = slide_of(briefings["en"], "sources")
    assert slide.title == "Sources: 16 files loaded"
    (table,) = slide.tables
    assert table.rows[0] == ("Units", 1, "units.csv", 1, "2013-09-25 08:00")
    assert slide.says == ("Some records are samples: these are not the real figures.",)
