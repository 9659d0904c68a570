"""The handout, opened again: its numbers, its two pages, and what makes it accessible."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from adoption.briefing.asked import question_of
from adoption.briefing.content import Briefing, Panel, Table
from adoption.briefing.handout import handout
from adoption.charts.headlines import headlines
from adoption.charts.spec import ChartSpec, Places, Series
from adoption.formats import percent_text
from adoption.language import LANGUAGES, Language
from adoption.metrics import DAYS_AHEAD, METRICS, Selection, evaluate
from adoption.metrics.targets import targets_of
from adoption.store import Store
from tests.briefing.decks import AS_OF, briefing_of
from tests.reference import Certificate, System, Unit
from tests.stores import store_of

A4 = (595, 842)

HOSTILE = (
    '#read("/etc/passwd") $x^2$ *b* _i_ = @ref //',
    "</text><script>alert(1)</script>",
    "שלום עולם مرحبا",
    "=HYPERLINK(1)\x00\x07\u202e",
    "長" * 500,
    "W" * 500,
)


def written(made: Briefing, store: Store) -> bytes:
    question = question_of(store, Selection(AS_OF), made.language)
    return handout(made, headlines(question, targets_of(store)), question)


def read(made: Briefing, store: Store) -> PdfReader:
    return PdfReader(io.BytesIO(written(made, store)))


def words(reader: PdfReader) -> str:
    """All text, without the spaces and breaks that depend on where a line ends."""
    return "".join("".join(page.extract_text() for page in reader.pages).split())


@pytest.fixture(scope="module")
def in_language(
    sample_store: Store, briefings: dict[Language, Briefing]
) -> dict[Language, PdfReader]:
    return {language: read(made, sample_store) for language, made in briefings.items()}


def structure(part: Any) -> list[DictionaryObject]:
    """The tags of the document, from the outermost in."""
    part = part.get_object()
    if not isinstance(part, dict):
        return []
    inner = part.get("/K", [])
    inner = inner.get_object() if hasattr(inner, "get_object") else inner
    parts = inner if isinstance(inner, list) else [inner]
    return [
        part,
        *(tag for each in parts if hasattr(each, "get_object") for tag in structure(each)),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_numbers_are_those_of_the_metrics(
    in_language: dict[Language, PdfReader], sample_store: Store, language: Language
) -> None:
    said = words(in_language[language])

    def rows(key: str, day: date = AS_OF, days: int = DAYS_AHEAD) -> pd.DataFrame:
        return evaluate(sample_store, METRICS[key], Selection(day, days=days))

    valid, before = rows("valid_totals"), rows("valid_totals", date(2013, 8, 24))
    ahead = rows("expiring_by_month")
    mails = rows("mail_delivery")
    systems = rows("systems_by_unit")
    rates = rows("adoption_rate_over_time")["rate"].dropna()
    shares = rows("reminder_outcomes")["share"]
    counts = [
        *(int(valid[name].sum()) for name in ("valid", "holders")),
        *(int(before[name].sum()) for name in ("valid", "holders")),
        int(rows("expiring_totals")["to_renew"].sum()),
        *(int(ahead[name].sum()) for name in ("expiring", "to_renew")),
        *mails[["due", "sent", "delivered", "missing"]].to_numpy().ravel(),
        *(int(systems[stage].sum()) for stage in ("integrated", "retired")),
    ]
    assert len(counts) > 20
    for count in counts:
        assert f"{count:,}" in said
    for share in [*shares, rates.iloc[-1]]:
        assert percent_text(share) in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_out_of_the_sample_s(
    in_language: dict[Language, PdfReader],
    briefings: dict[Language, Briefing],
    language: Language,
) -> None:
    said, slides = words(in_language[language]), briefings[language].slides
    shown = [text for slide in slides for text in (slide.title, *slide.says)]
    shown += [str(cell) for slide in slides for each in slide.tables for cell in each.rows[-1]]
    for text in shown:
        assert "".join(text.split()) in said.replace(",", "") or "".join(text.split()) in said
    assert {"zh": "…另有", "en": "…and"}[language] not in said


def test_the_status_reads_as_in_the_source_briefing(
    in_language: dict[Language, PdfReader],
) -> None:
    said = words(in_language["zh"])
    for text in (
        "本部暨所屬機關(計11個單位28個系統)",
        "其他政府機關及民間機構(計39個機關138個系統)",
        "經濟部商工電子公文交換服務系統",
        "公司登記線上申辦系統/商業登記線上申辦系統",
        "台灣自來水公司電子帳單服務系統",
        "財政部財稅資料中心電子發票整合服務平台",
        "行政院勞委會勞保局e化服務系統",
        "行政院衛生署藥品物料聯購網",
        "⋮",
        "統計期限至本(102)年9月24日止",
    ):
        assert text in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_pages_a4_each_with_day_sample_mark_and_number(
    in_language: dict[Language, PdfReader], language: Language
) -> None:
    pages = in_language[language].pages
    marks = ("民國102年9月24日", "示範資料") if language == "zh" else ("2013-09-24", "Sampledata")
    assert len(pages) == 2
    for number, page in enumerate(pages, start=1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == A4
        said = "".join(page.extract_text().split())
        assert f"{number}/2" in said
        assert all(mark in said for mark in marks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_accessible_and_needs_no_font_of_the_reader_s(
    in_language: dict[Language, PdfReader],
    briefings: dict[Language, Briefing],
    language: Language,
) -> None:
    reader, made = in_language[language], briefings[language]
    root = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == {"zh": "zh-TW", "en": "en-GB"}[language]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert reader.metadata is not None
    assert reader.metadata.title == made.title

    tags = structure(root["/StructTreeRoot"])
    kinds = {tag.get("/S") for tag in tags}
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/L", "/Figure"} <= kinds
    told = [tag["/Alt"] for tag in tags if tag.get("/S") == "/Figure"]
    assert sorted(told) == sorted(spec.alt for slide in made.slides for spec in slide.charts)

    fonts = {
        font["/BaseFont"].split("+")[1]: font["/DescendantFonts"][0]["/FontDescriptor"]
        for page in reader.pages
        for font in (each.get_object() for each in page["/Resources"]["/Font"].values())
    }
    assert {name.removesuffix("-Identity-H") for name in fonts} == {
        "NotoSansCJKtc-Regular",
        "NotoSansCJKtc-Bold",
    }
    assert all("/FontFile3" in descriptor for descriptor in fonts.values())


def test_the_same_records_give_the_same_file(
    sample_store: Store, briefings: dict[Language, Briefing]
) -> None:
    assert written(briefings["zh"], sample_store) == written(briefings["zh"], sample_store)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_store_gives_a_page_that_says_so(empty_store: Store, language: Language) -> None:
    reader = read(briefing_of(empty_store, language), empty_store)
    assert len(reader.pages) == 1
    assert {"zh": "目前還沒有資料", "en": "Therearenorecordsyet"}[language] in words(reader)


def test_one_unit_and_nothing_else(tmp_path: Path) -> None:
    store = store_of(
        tmp_path,
        [Unit("U1", "單位", "ministry", "government")],
        [System("S1", "U1", "系統", "線上申辦", integrated_on=date(2013, 1, 1))],
    )
    reader = read(briefing_of(store), store)
    assert len(reader.pages) == 2
    assert "(計1個單位1個系統)" in words(reader)
    store.close()


def test_hostile_names_are_text(tmp_path: Path) -> None:
    units = [
        Unit(f"U{number}", name, ("ministry", "external")[number % 2], "government")
        for number, name in enumerate(HOSTILE)
    ]
    systems = [
        System(f"S{number}", f"U{number}", name, "線上申辦", integrated_on=date(2013, 9, 10))
        for number, name in enumerate(HOSTILE)
    ]
    certificate = Certificate("1", "04595257", issued_on=AS_OF, expires_on=date(2018, 9, 24))
    store = store_of(tmp_path, units, systems, [certificate])
    reader = read(briefing_of(store), store)
    said = words(reader)
    assert len(reader.pages) == 2
    assert '#read("/etc/passwd")$x^2$*b*_i_=@ref//' in said
    assert "</text><script>alert(1)</script>" in said
    assert "root:" not in said
    assert "=HYPERLINK(1)" in said
    assert f"{'長' * 15}" in said
    assert b"<pdfuaid:part>1" in reader.root_object["/Metadata"].get_data()
    store.close()


@pytest.mark.parametrize("word", ["長 W" * 200, "\ue123\u0378"])
def test_two_pages_whatever_the_lengths(
    sample_store: Store, briefings: dict[Language, Briefing], word: str
) -> None:
    """Also with characters that no font has: then it is tagged all the same."""

    def hurt(made: Briefing) -> Briefing:
        many = tuple(f"{number} {word}" for number in range(12))
        series = Series(word, tuple(range(12)), "valid")
        shared = {"places": Places(many), "series": (series, series), "value_title": word}
        specs = tuple(
            ChartSpec(word, word, "zh", **shared, **kind)  # type: ignore[arg-type]
            for kind in ({"lies": True}, {"is_stacked": True}, {"kind": "line"})
        )
        table = Table(word, (word, word), tuple((each, 10**15) for each in many))
        panel = Panel(word, word, many, "ministry")
        slides = [
            replace(
                slide,
                title=word,
                says=many,
                below=word,
                source=word,
                panels=(panel, panel) if slide.panels else (),
                charts=specs if slide.charts else (),
                tables=(table,) if slide.tables else (),
            )
            for slide in made.slides
        ]
        return replace(made, title=word, source=" · ".join([word] * 9), slides=slides)

    reader = read(hurt(briefings["zh"]), sample_store)
    assert len(reader.pages) == 2
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert "項" in words(reader), "what did not fit is counted"
