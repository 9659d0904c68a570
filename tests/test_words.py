"""What the product calls things is taken as input: words on its screens, headers of its exports."""

import ast
import re

import pytest

from adoption import glossary
from adoption.charts import codes
from adoption.charts.records import TITLES
from adoption.language import LANGUAGES, Language, say
from adoption.metrics.headline import TARGET_NUMBERS, HeadlineNumber
from adoption.places import counties
from adoption.policy import STAGES
from etl.mapping.feeds import FEEDS, Feed
from etl.mapping.feeds.targets import metric, scope
from etl.mapping.headers import names_of, plain
from etl.validation.values import BadValue, county, stage
from etl.validation.vocabularies import (
    CARD,
    END_REASON,
    MAIL_RESULT,
    ORG_TYPE,
    SECTOR,
    SIDE,
    Vocabulary,
    provenance,
)
from tests.running import ROOT
from tests.test_language import catalogue


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", [ORG_TYPE, CARD, END_REASON, SIDE, SECTOR])
def test_a_word_for_a_code_is_read_back_as_that_code(language: Language, words: Vocabulary) -> None:
    for code, written in words.words.items():
        assert words(codes.name(code, language)) == code
        assert {words(word) for word in written} == {code}


@pytest.mark.parametrize("language", LANGUAGES)
def test_sides_results_sources_counties_and_parts(language: Language) -> None:
    assert [SIDE(name.in_language(language)) for name in codes.SHORT_SIDES.values()] == [
        *codes.SHORT_SIDES
    ]
    shown = [say(language, word) for word in ("Delivered", "Bounced", "No address")]
    assert [MAIL_RESULT(word) for word in shown] == ["delivered", "bounced", "no_address"]
    for code in ("briefing", "sample", "file"):
        assert provenance(codes.name(code, language)) == code
    for place in counties():
        assert county(codes.name(place.name, language)) == place.name
        assert scope(codes.name(place.name, language)) == place.name
    for part in (*SIDE.words, *ORG_TYPE.words):
        assert scope(codes.name(part, language)) == part
    assert scope(codes.name("all", language)) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stage_by_each_of_its_names(language: Language) -> None:
    for number, days in enumerate((each.days for each in STAGES), 1):
        shown = codes.stage_name(days, language), codes.name(f"reached_{days}", language)
        assert [stage(name) for name in shown] == [days, days]
        assert stage(f"第{number}次") == days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        *(("1.5個月", 45), ("一個半月", 45), ("到期前45天", 45), ("45天前", 45), ("D-45", 45)),
        *(("第一次通知", 45), ("第２次", 30), ("到期前 30 日", 30), ("30 days before expiry", 30)),
        *(("15.0", 15), ("第3次（到期前15天）", 15), ("Mail 4", 1), ("1", 1)),
    ],
)
def test_stages_as_send_logs_write_them(text: str, days: int) -> None:
    assert stage(text) == days


@pytest.mark.parametrize("text", ["2", "第5次", "1個月", "第1次（30天）", "45%", "4" * 5000])
def test_what_is_no_stage_or_two(text: str) -> None:
    with pytest.raises(BadValue, match="unknown_stage"):
        stage(text)


@pytest.mark.parametrize("number", TARGET_NUMBERS, ids=lambda number: number.column)
def test_a_target_may_call_its_number_as_the_screen_does(number: HeadlineNumber) -> None:
    assert {metric(label) for label in number.label} <= number.names


@pytest.mark.parametrize("feed", FEEDS.values(), ids=list(FEEDS))
def test_the_headers_of_an_export_are_known(feed: Feed) -> None:
    names = names_of(feed)
    for column in feed.columns:
        for header in (*column.headers, *TITLES[column.name]):
            assert names[plain(header)] == column.name, header


@pytest.mark.parametrize(
    "header",
    [
        *(
            "核發日期（民國年月日）",
            "核發日期(YYYY/MM/DD)",
            "＊ 核發日期（必填）",
            "核發時間",
            "發卡日",
        ),
        *("Issue Date", "issued_on", "發證日期"),
    ],
)
def test_headers_of_the_day_of_issue(header: str) -> None:
    assert names_of(FEEDS["certificates"])[plain(header)] == "issued_on"


@pytest.mark.parametrize("header", ["序號", "項次", "編號", "流水號", "核發日期（舊卡）"])
def test_a_row_number_is_no_serial_and_another_cards_day_not_this_ones(header: str) -> None:
    assert plain(header) not in names_of(FEEDS["certificates"])


def said_in_chinese() -> dict[str, str]:
    """All that the dashboard, its files and its commands say in Chinese, and where it stands."""
    found = dict.fromkeys(catalogue().values(), "messages.po")
    for path in (ROOT / "adoption").rglob("*.py"):
        tree = ast.walk(ast.parse(path.read_text("utf-8")))
        nodes = [node for node in tree if not isinstance(node, ast.Expr)]  # a docstring is no text
        said = [child for node in nodes for child in ast.iter_child_nodes(node)]
        found |= {
            node.value: path.name
            for node in said
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
    return {text: place for text, place in found.items() if re.search("[\u4e00-\u9fff]", text)}


# What a thing is never called -> what it is called, and where the word means another thing.
OTHER_WORDS = {
    "通知": ("提醒", ()),
    "停用": (
        "下線（系統）",
        ("suspensions", "憑證", "停用中", "停用紀錄", "停用日期", "glossary.py"),
    ),
    "台北": ("臺北", ()),
    "用戶": ("持有者", ("faq.py",)),
    "建置": ("導入", ()),
    "信息": ("資料", ()),
    "默認": ("預設", ()),
}


@pytest.mark.parametrize("word", OTHER_WORDS)
def test_one_word_a_thing(word: str) -> None:
    right, elsewhere = OTHER_WORDS[word]
    wrong = [
        (place, text)
        for text, place in said_in_chinese().items()
        if word in text and not any(each in text or each == place for each in elsewhere)
    ]
    assert not wrong, f"{word} -> {right}"


def test_the_glossary_in_docs_is_the_product_s() -> None:
    assert (ROOT / "docs" / "glossary.md").read_text("utf-8") == glossary.markdown()
    names = [name for term in glossary.TERMS for name in term.name]
    assert len(set(names)) == len(names)


def test_english_has_half_width_signs_and_no_chinese_but_names() -> None:
    """In English halves of texts: no full-width brackets or commas."""
    texts = {
        node.args[1].value
        for path in (ROOT / "adoption").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in ("Text", "_term")
        and len(node.args) == 2
        and isinstance(node.args[1], ast.Constant)
    }
    assert len(texts) > 100
    assert not [text for text in texts if re.search("[（），；：！？]", text)]
