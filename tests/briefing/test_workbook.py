"""The workbook, opened again: every cell is the metric's, in both files and both languages."""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree

import pandas as pd
import pytest
from odfdo import Document
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from adoption.briefing.asked import question_of, records_of
from adoption.briefing.text import plain
from adoption.briefing.workbook import is_list, ods, sheets_of, spreadsheet, workbook, xlsx
from adoption.briefing.workbook.screen import CHARTS
from adoption.briefing.workbook.sheets import sheet_names
from adoption.charts import codes, integration
from adoption.charts.chart import Chart, Question
from adoption.charts.meanings import COLOURS, colour
from adoption.charts.renderers.xlsx import categories, title_of_places
from adoption.jobs.tables import feed_name
from adoption.language import LANGUAGES, Language
from adoption.metrics import METRICS, Metric, Selection, evaluate
from adoption.store import Store
from tests.reference import Certificate, System, Unit
from tests.stores import store_of

AS_OF = date(2013, 9, 24)
Kind = Literal["xlsx", "ods"]
KINDS: tuple[Kind, ...] = ("xlsx", "ods")
WRITE = {"xlsx": workbook, "ods": spreadsheet}
SHOWN = [metric for metric in METRICS.values() if not is_list(metric)]
ABOUT: dict[Language, str] = {"zh": "關於本活頁簿", "en": "About this workbook"}
CHART_DATA: dict[Language, str] = {"zh": "圖表資料", "en": "Chart data"}
TABLE = 4  # the row in which a metric's table begins, below its titles
SPREADSHEET = {
    "main": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
}
Row = list[Any]
Sheets = dict[str, list[Row]]  # a file's sheets in their order: name -> rows
Files = Callable[[Language, Kind], bytes]


def asked(store: Store, language: Language = "zh", **narrowed: Any) -> Question:
    return question_of(store, Selection(AS_OF, **narrowed), language)


def made(question: Question, store: Store, kind: Kind) -> bytes:
    return WRITE[kind](question, records_of(store, feed_name), store)


@pytest.fixture(scope="module")
def sample(sample_store: Store) -> Question:
    """The store is asked for each thing once."""
    return asked(sample_store)


@pytest.fixture(scope="module")
def files(sample: Question, sample_store: Store) -> Files:
    """The sample's, each written once."""

    @cache
    def file(language: Language, kind: Kind) -> bytes:
        return made(replace(sample, language=language), sample_store, kind)

    return file


@pytest.fixture(scope="module")
def rows(sample_store: Store) -> dict[str, pd.DataFrame]:
    """What evaluate gives of each metric."""
    return {metric.key: evaluate(sample_store, metric, Selection(AS_OF)) for metric in SHOWN}


@cache
def opened(file: bytes) -> Sheets:
    book = CalamineWorkbook.from_filelike(io.BytesIO(file))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def opened_by_odfdo(file: bytes) -> Sheets:
    tables = Document(io.BytesIO(file)).body.tables  # type: ignore[union-attr]
    return {table.name: table.get_values() for table in tables}


def parts(file: bytes, pattern: str) -> list[str]:
    """The XML parts of which the name has the pattern."""
    with zipfile.ZipFile(io.BytesIO(file)) as packed:
        return [
            packed.read(name).decode() for name in packed.namelist() if re.search(pattern, name)
        ]


def expected(metric: Metric, rows: pd.DataFrame, language: Language) -> list[Row]:
    """What evaluate gives, as it is to stand in the cells."""
    flags = {"zh": ("否", "是"), "en": ("no", "yes")}[language]

    def cell(kind: str, value: Any) -> Any:
        if pd.isna(value):
            return ""
        if kind in ("day", "month", "year"):
            return value.date()
        if kind == "flag":
            return flags[bool(value)]
        return codes.name(value, language) if kind == "code" else value

    return [
        [cell(column.kind, value) for column, value in zip(metric.columns, row, strict=True)]
        for row in rows.itertuples(index=False, name=None)
    ]


def found(metric: Metric, rows: list[Row]) -> list[Row]:
    """What is read, as values of Python. Of a day of which only the year of the Republic shows,
    the reader gives Excel's number."""

    def cell(kind: str, value: Any) -> Any:
        if kind == "year" and isinstance(value, float):
            return date(1899, 12, 30) + timedelta(days=value)
        if isinstance(value, Decimal):
            return float(value)
        return "" if value is None else value

    return [
        [cell(column.kind, value) for column, value in zip(metric.columns, row, strict=True)]
        for row in rows
    ]


def as_excel_keeps(rows: list[Row]) -> list[Row]:
    """With 16 digits of a share; a whole number keeps all of its own."""
    return [
        [float(f"{value:.16G}") if isinstance(value, float) else value for value in row]
        for row in rows
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_cell_is_what_evaluate_gives(
    rows: dict[str, pd.DataFrame], files: Files, language: Language, kind: Kind
) -> None:
    sheets = opened(files(language, kind))
    names = sheet_names(SHOWN, language)
    for metric in SHOWN:
        titles, *table = sheets[names[metric.key]][TABLE - 1 :]
        assert titles == [column.title.in_language(language) for column in metric.columns]
        wanted = expected(metric, rows[metric.key], language)
        assert found(metric, table) == (as_excel_keeps(wanted) if kind == "xlsx" else wanted)


def test_another_reader_finds_the_same_in_the_ods(
    rows: dict[str, pd.DataFrame], files: Files
) -> None:
    sheets = opened_by_odfdo(files("zh", "ods"))
    names = sheet_names(SHOWN, "zh")
    for metric in SHOWN:
        table = sheets[names[metric.key]][TABLE:]
        assert found(metric, table) == expected(metric, rows[metric.key], "zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_files_have_a_sheet_a_metric_after_the_first(files: Files, language: Language) -> None:
    xlsx, ods = (opened(files(language, kind)) for kind in KINDS)
    assert list(ods) == [ABOUT[language], *sheet_names(SHOWN, language).values()]
    assert list(xlsx) == [*ods, CHART_DATA[language]]
    assert xlsx[ABOUT[language]] == ods[ABOUT[language]]


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_sheet_says_what_it_is_of(sample_store: Store, files: Files, kind: Kind) -> None:
    about = opened(files("zh", kind))[ABOUT["zh"]]
    facts = {row[0]: row[1] for row in about[:9]}
    assert about[0][0] == "工商憑證導入統計"
    assert facts["統計截止日"] == AS_OF
    assert facts["篩選"] == "無"
    assert facts["往後天數"] == "90"
    assert facts["資料版本"] == sample_store.version
    assert facts["示範資料"] == "部分或全部資料為虛構，僅供試用。"
    (stages,) = (row for row in about if row[0] == "到達各提醒階段的憑證")
    metric = METRICS["reminder_stages"]
    said = [metric.definition.zh, metric.formula.zh, metric.excludes.zh]
    assert stages == ["到達各提醒階段的憑證", *said, "張憑證", "憑證", 4.0]
    loads = about[[row[0] for row in about].index("載入紀錄") + 2 :]
    assert [row[:3] for row in loads[-2:]] == [
        ["2", "systems.csv", "應用系統"],
        ["1", "units.csv", "單位"],
    ]
    assert f"{loads[-1][3]:%Y-%m-%d %H:%M}" == "2013-09-25 08:00"  # in Taiwan
    assert loads[-1][5] == 55.0


def test_lists_of_certificates_are_left_out_and_named(files: Files) -> None:
    assert {metric.key for metric in METRICS.values()} - {metric.key for metric in SHOWN} == {
        "outreach",
        "mails_missing",
    }
    first = [row[0] for row in opened(files("zh", "ods"))[ABOUT["zh"]]]
    assert {"待聯繫名單", "應寄而未見寄送紀錄的信件（封）"} <= set(first)


@pytest.mark.parametrize("kind", KINDS)
def test_every_sheet_says_what_its_rows_are_of(files: Files, kind: Kind) -> None:
    sheets = opened(files("zh", kind))
    for metric, name in zip(SHOWN, sheet_names(SHOWN, "zh").values(), strict=True):
        title, source = sheets[name][0][0], sheets[name][1][0]
        assert title == metric.title.zh
        assert "統計截止日 民國102年9月24日" in source
        assert source.endswith("示範資料")


def test_a_sheet_names_the_filters_that_narrow_it(sample_store: Store) -> None:
    question = asked(sample_store, "en", county=("臺北市",), unit=("M01",), days=45)
    sheets = opened(made(question, sample_store, "ods"))
    about = {row[0]: row[1] for row in sheets[ABOUT["en"]][:9]}
    assert (about["Unit"], about["County"], about["Days ahead"]) == (
        "Department of Commerce, Ministry of Economic Affairs",
        "Taipei City",
        "45",
    )
    of_units = sheets["Units and systems integrated"]
    assert of_units[1][0] == (
        "Source: Units, Systems · As of 2013-09-24 · Filters: Department of Commerce… · Sample data"
    )
    soon = sheets["Certificates expiring soon"]
    assert soon[1][0] == (
        "Source: Certificates · As of 2013-09-24 · days ahead 45 · Filters: Taipei City · "
        "Sample data"
    )
    rows = evaluate(sample_store, METRICS["expiring_totals"], question.selection)
    assert found(METRICS["expiring_totals"], soon[TABLE:]) == rows.values.tolist()


def test_days_are_read_in_the_calendar_of_the_language(files: Files) -> None:
    (zh,), (en,) = (parts(files(language, "xlsx"), r"styles\.xml") for language in LANGUAGES)
    assert "[$-404]e/mm/dd" in zh
    assert "[$-404]" not in en
    assert "yyyy-mm-dd" in en
    (zh,), (en,) = (parts(files(language, "ods"), r"content\.xml") for language in LANGUAGES)
    assert zh.count('number:calendar="ROC"') == 4  # day, month, year and moment
    assert 'number:calendar="ROC"' not in en
    # What stands in the cells before a program has formatted them.
    assert 'office:date-value="2003-09-01"><text:p>92年9月</text:p>' in zh
    assert 'office:date-value="2003-09-01"><text:p>Sep 2003</text:p>' in en


def test_titles_stay_in_view_and_filter(files: Files) -> None:
    sheet = parts(files("zh", "xlsx"), r"worksheets/sheet2\.xml")[0]
    assert '<pane ySplit="4" topLeftCell="A5" activePane="bottomLeft" state="frozen"/>' in sheet
    assert '<autoFilter ref="A4:C6"/>' in sheet
    content, settings = parts(files("zh", "ods"), r"^(content|settings)\.xml")
    assert "&apos;" not in content
    assert "target-range-address=\"'已導入單位與系統'.A4:'已導入單位與系統'.C6\"" in content
    assert settings.count("VerticalSplitPosition") == len(SHOWN)


def test_the_same_sheets_give_the_same_file(sample: Question, sample_store: Store) -> None:
    sheets = sheets_of(sample, records_of(sample_store, feed_name), sample_store)[:3]
    drawn = first_charts(sample)
    assert xlsx.written(sample, sheets, drawn) == xlsx.written(sample, sheets, drawn)
    assert ods.written(sample, sheets) == ods.written(sample, sheets)


def first_charts(question: Question) -> list[Chart]:
    """The charts of the first two metrics."""
    return [integration.by_side(question), integration.curve(question)]


def charts(file: bytes) -> list[ElementTree.Element]:
    """In the order in which they were made."""
    names = r"charts/chart\d+\.xml$"
    found = parts(file, names)
    return [ElementTree.fromstring(chart) for chart in found]


def texts(element: ElementTree.Element, path: str) -> list[str]:
    return [each.text or "" for each in element.findall(path, SPREADSHEET)]


def test_the_charts_are_those_of_the_screen(sample: Question, files: Files) -> None:
    drawn = [draw(sample).spec.without_gaps() for draw in CHARTS]
    native = charts(files("zh", "xlsx"))
    assert len(native) == len(drawn) == len(CHARTS)
    for wanted, chart in zip(drawn, native, strict=True):
        assert texts(chart, ".//c:chart/c:title//a:t") == [wanted.title]
        titles = {*texts(chart, ".//c:catAx//a:t"), *texts(chart, ".//c:valAx//a:t")}
        assert titles == {wanted.value_title, title_of_places(wanted)} - {""}
        for series, made in zip(wanted.series, chart.findall(".//c:ser", SPREADSHEET), strict=True):
            assert texts(made, "c:tx//c:v") == [series.name]
            values = {
                int(point.attrib["idx"]): float(point[0].text or "")
                for point in made.findall("c:val//c:pt", SPREADSHEET)
                if point[0].text
            }
            known = {n: float(f"{v:.16G}") for n, v in enumerate(series.values) if v is not None}
            assert values == known
            labels = texts(made, "c:cat//c:v")
            assert labels == categories(wanted)
            colours = [each.attrib["val"] for each in made.findall(".//a:srgbClr", SPREADSHEET)]
            meanings = series.meanings or (series.meaning,)
            assert {colour(each).removeprefix("#").upper() for each in meanings} <= set(colours)


def test_a_chart_is_drawn_from_cells_with_the_numbers_of_its_table(files: Files) -> None:
    sheets = opened(files("zh", "xlsx"))
    block = [row[:3] for row in sheets[CHART_DATA["zh"]][3:7]]
    assert block == [
        ["已導入單位與系統", "", ""],
        ["", "本部暨所屬機關", "其他政府機關及民間機構"],
        ["系統數", 28.0, 138.0],
        ["單位數", 11.0, 39.0],
    ]
    first = charts(files("zh", "xlsx"))[0]
    assert texts(first, ".//c:val//c:f") == ["圖表資料!$B$6:$B$7", "圖表資料!$C$6:$C$7"]
    colours = [fill.attrib["val"] for fill in first.findall(".//c:ser//a:srgbClr", SPREADSHEET)]
    assert colours == [COLOURS[side].removeprefix("#").upper() for side in ("ministry", "external")]


def test_a_chart_says_what_it_shows_to_those_who_cannot_see_it(files: Files) -> None:
    told = "".join(parts(files("zh", "xlsx"), r"drawings/drawing\d+\.xml$"))
    said = re.findall(r'<xdr:cNvPr [^>]*descr="([^"]*)"', told)
    assert len(said) == len(CHARTS)
    assert "已導入單位與系統：50 個單位已導入 166 個系統。" in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_without_records_the_first_sheet_says_so(
    empty_store: Store, language: Language, kind: Kind
) -> None:
    sheets = opened(made(asked(empty_store, language), empty_store, kind))
    assert list(sheets) == [ABOUT[language]]
    nothing = {"zh": "目前還沒有資料。", "en": "There are no records yet."}[language]
    assert nothing in [row[0] for row in sheets[ABOUT[language]]]


def test_a_day_before_all_records_has_sheets_without_rows(
    sample: Question, sample_store: Store
) -> None:
    question = replace(sample, selection=Selection(date(1999, 1, 1)))
    sheets = opened(made(question, sample_store, "ods"))
    assert sheets["導入累計趨勢"][TABLE][0] == "沒有符合此統計截止日與篩選條件的資料。"


def test_one_certificate_is_enough(tmp_path: Path) -> None:
    one = Certificate("A", "04595257", date(2008, 10, 1), date(2013, 10, 1))
    store = store_of(tmp_path / "one", certificates=[one])
    question = asked(store)
    for kind in KINDS:
        sheets = opened(made(question, store, kind))
        assert sheets["有效憑證與持有者"][TABLE:] == [[1.0, 1.0, 0.0]]


HOSTILE = {
    "U1": ('=HYPERLINK("http://example.tw","看")', '\'=HYPERLINK("http://example.tw","看")'),
    "U2": ("<b onclick='x()'>&amp; ]]> \"單位\"</b>", None),
    "U3": ("甲" * 500, None),
    "U4": ("\u202eשלום 單位 مرحبا", "שלום 單位 مرحبا"),
    "U5": ("a\x00b\x01\x1fc\x7f\tend", "abc end"),
    "U6": ("\t=1+1", "' =1+1"),
    "U7": ("\x01=1+1", "'=1+1"),
    "U8": ("+886-2-1234", "'+886-2-1234"),
    "U9": ("_x0041_ 兩  個   空格", None),
    "V1": ("http://example.tw/?a=1", None),
    "V2": ("{=SUM(A1)}", None),
    "V3": ("123", None),
    "V4": ("𠮷野家", None),
}


@pytest.fixture(scope="module")
def hostile_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Units and systems that are called what nobody would call them."""
    units = [Unit(code, name, "external") for code, (name, _) in HOSTILE.items()]
    systems = [
        System(
            f"S{unit.unit_code}",
            unit.unit_code,
            unit.name,
            planned_on=date(2012, 1, 5),
            testing_on=date(2012, 6, 7) if number % 2 else None,
            integrated_on=date(2013, 9, 4) if number > 2 else None,
            target_on=date(2013, 5, 6),
        )
        for number, unit in enumerate(units)
    ]
    one = Certificate("=1+1", "04595257", date(2008, 10, 1), date(2013, 10, 1))
    folder = tmp_path_factory.mktemp("hostile")
    return store_of(folder / "store", units=units, systems=systems, certificates=[one])


@pytest.fixture(scope="module")
def hostile(hostile_store: Store) -> Question:
    """All of them, by name."""
    return asked(hostile_store, unit=tuple(HOSTILE))


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_names_are_text(hostile: Question, hostile_store: Store, kind: Kind) -> None:
    file = made(hostile, hostile_store, kind)
    wanted = {code: shown or name for code, (name, shown) in HOSTILE.items()}
    for sheets in [opened(file), *([opened_by_odfdo(file)] if kind == "ods" else [])]:
        by_code = {row[0]: row[1] for row in sheets["各單位系統導入階段"][TABLE:]}
        assert by_code == wanted
        filters = {row[0]: row[1] for row in sheets[ABOUT["zh"]][:9]}["單位"]
        assert all(plain(name) in filters for name, _ in HOSTILE.values())
        line = sheets["已導入單位與系統"][1][0]  # one, so the names are short and few
        assert "、<b onclick='x()'>&amp…、甲甲甲甲甲甲甲甲甲甲甲甲甲…、另 10 個 · 示範資料" in line
    for xml in parts(file, r"\.xml$"):
        ElementTree.fromstring(xml)
        assert "<f>" not in xml.replace("</c:f>", "")
        assert "http://example.tw" not in "".join(re.findall(r'(?:Target|href)="([^"]*)"', xml))
        assert "table:formula" not in xml


def printed(folder: Path, *files: Path) -> list[str]:
    """What a spreadsheet program shows of the files."""
    program = shutil.which("soffice")
    assert program is not None
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, *map(str, files)], check=True, capture_output=True, timeout=120)
    readers = [PdfReader(folder / f"{file.stem}.pdf") for file in files]
    return ["\n".join(page.extract_text() for page in reader.pages) for reader in readers]


@pytest.mark.skipif(not shutil.which("soffice"), reason="apt-get install libreoffice-calc")
def test_a_spreadsheet_program_shows_both_in_full(
    hostile: Question, hostile_store: Store, tmp_path: Path
) -> None:
    sheets = sheets_of(hostile, records_of(hostile_store, feed_name), hostile_store)
    whole, part = tmp_path / "whole.ods", tmp_path / "part.xlsx"
    whole.write_bytes(ods.written(hostile, sheets))
    # Charts take long to be laid out: of the .xlsx the first sheets are enough.
    part.write_bytes(xlsx.written(hostile, sheets[:4], first_charts(hostile)))
    for shown in printed(tmp_path, whole, part):
        assert "###" not in shown  # a column is too narrow
        assert "Err:" not in shown
        assert "102/09/24" in shown  # the as-of day, which is a date
        assert "102年9月" in shown
        assert "<b onclick='x()'>" in shown
