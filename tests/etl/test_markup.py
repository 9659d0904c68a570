"""Web pages, XML Spreadsheet 2003 and JSON, whatever name they come under."""

import json
from pathlib import Path
from typing import Any

import pytest

from adoption.store import Store, open_store
from etl.mapping.feeds import FEEDS
from etl.mapping.headers import UnreadableFile
from etl.mapping.source_file import batches, describe
from tests.etl.cases import CASES
from tests.etl.files import counts, kept, load_files
from tests.etl.workbooks import gzipped, zipped

F11 = CASES / "F11-html-xml-json"
FIELDS = {"serial": "A1", "suspended_on": "102/1/1"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"lake:///{tmp_path}/store")


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding)
    return path


def rows_of(path: Path, feed: str = "suspensions") -> list[dict[str, Any]]:
    return [row for b in batches(describe(path, FEEDS[feed])) for row in b.rows.to_pylist()]


def refused(path: Path) -> str:
    with pytest.raises(UnreadableFile) as refusal:
        rows_of(path)
    assert refusal.value.zh != refusal.value.en
    return refusal.value.en


@pytest.mark.parametrize(
    ("name", "kind", "encoding"),
    [("export.xls", "html", "utf-8"), ("export_big5.xls", "html", "cp950")],
)
def test_a_web_page_named_xls(store: Store, name: str, kind: str, encoding: str) -> None:
    result = load_files(store, "certificates", F11 / name)[0]
    assert (result.format, result.encoding, counts(result)) == (kind, encoding, (3, 3, 0, 0, 0))
    assert {row[:2] for row in kept(store, "certificates", "holder_id", "county")} == {
        ("04595257", "臺北市")
    }


def test_xml_spreadsheet_2003(tmp_path: Path, store: Store) -> None:
    assert load_files(store, "certificates", F11 / "export_2003.xls")[0].read == 0
    path = written(
        tmp_path / "a.xls",
        '<?xml version="1.0" encoding="big5"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel">'
        '<Worksheet ss:Name="舊"><Table><Row><Cell><Data ss:Type="String">憑證序號</Data></Cell>'
        '<Cell><Data ss:Type="String">停用日期</Data></Cell></Row></Table>'
        "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>"
        '<Worksheet ss:Name="清冊"><Table>'
        '<Row><Cell><Data ss:Type="String">憑證序號</Data></Cell>'
        '<Cell ss:Index="3"><Data ss:Type="String">停用日期</Data></Cell></Row>'
        '<Row ss:Index="4"><Cell><Data ss:Type="Number">12345678</Data></Cell>'
        '<Cell ss:Index="3" ss:MergeDown="1"><Data ss:Type="DateTime">2013-01-01T00:00:00.000'
        "</Data></Cell></Row>"
        '<Row ss:Hidden="1"><Cell><Data ss:Type="String">A2</Data></Cell></Row>'
        "</Table></Worksheet></Workbook>",
        "cp950",
    )
    result = load_files(store, "suspensions", path)[0]
    assert (result.format, result.sheet, result.hidden_rows) == ("xml", "清冊", 1)
    assert (result.account.lines, result.account.blank, counts(result)) == (5, 2, (2, 2, 0, 0, 0))
    assert [row[0] for row in kept(store, "suspensions", "serial")] == ["12345678", "A2"]


def test_pages_as_web_systems_write_them(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.xls",
        """<!DOCTYPE html><head><style>td {color: red}</style></head><body>
        <table><tr><td>查詢條件</td></tr></table>
        <table border=1><TR><TH rowspan=2>憑證<br>序號<TH colspan=2>日期<TH>備註
        <tr><td>停用<td>復用
        <tr style="display:none"><td rowspan="2">A1<td>102/1/1<td>&nbsp;<td>甲&amp;乙
        <tr><td>102/2/1<td>102/3/1</table></body>""",
    )
    assert describe(path, FEEDS["suspensions"]).header.rows == 2
    rows = [list(row.values())[:4] for row in rows_of(path)]
    assert [[cell and cell.strip() for cell in row[1:]] for row in rows] == [
        ["A1", "102/1/1", None],
        ["A1", "102/2/1", "102/3/1"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([FIELDS, {**FIELDS, "resumed_on": None, "serial": 12345678901234567890}]),
        json.dumps(FIELDS) + "\n" + json.dumps({**FIELDS, "serial": 12345678901234567890}) + "\n",
        json.dumps({"ok": True, "data": [FIELDS, {**FIELDS, "serial": "12345678901234567890"}]}),
    ],
)
def test_json_of_records(tmp_path: Path, store: Store, text: str) -> None:
    path = written(tmp_path / "a.txt", text, "utf-8-sig")
    result = load_files(store, "suspensions", path)[0]
    assert (result.format, result.account.lines, counts(result)) == ("json", 3, (2, 2, 0, 0, 0))
    assert kept(store, "suspensions", "serial") == [("12345678901234567890",), ("A1",)]


def test_packed_json(tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", json.dumps([FIELDS]))
    for packed in (gzipped(path), zipped(path)):
        assert [row["serial"] for row in rows_of(packed)] == ["A1"]
        assert describe(packed, FEEDS["suspensions"]).format.startswith("json.")


@pytest.mark.parametrize(
    "text", ["[", "[]", "[1]", '[{"a": 1}', '[{"a": 1},, ]', "{}x", "[" * 9999]
)
def test_json_that_is_none(tmp_path: Path, text: str) -> None:
    assert refused(written(tmp_path / "a.json", text))


def test_xml_and_pages_of_other_kinds_are_called_by_name(tmp_path: Path) -> None:
    assert "no XML Spreadsheet" in refused(written(tmp_path / "a.xls", "<?xml version='1.0'?><a/>"))
    assert "MHTML" in refused(written(tmp_path / "a.xls", "MIME-Version: 1.0\n\n<html>"))
    laughs = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><Workbook/>'
    assert "holds a DTD" in refused(written(tmp_path / "a.xls", laughs))
    assert refused(written(tmp_path / "a.html", "<html><p>維護中</p></html>"))
