"""Which texts are no CSV: web pages, XML Spreadsheet 2003 and JSON, whatever their name says."""

import re

from etl.mapping.headers import UnreadableFile

_JSON = re.compile(r'[\[{]\s*(["{\]}]|$)')
_PAGE = re.compile(r"<(!doctype\s+html|html|head|body|meta|table|div|center|form|style)\b")
_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_ENTITY = re.compile(r"<!(doctype(?!\s+html)|entity)", re.IGNORECASE)


def kind_of_text(name: str, start: str) -> str:
    """text (CSV), html, xml or json, by its first signs.

    Raises UnreadableFile for XML of other kinds and for pages saved as one file.
    """
    begins = start.lstrip("\ufeff \t\r\n").lower()
    if _JSON.match(begins):
        return "json"
    if begins.startswith("mime-version:"):
        raise UnreadableFile(
            f"{name}：這是單一檔案網頁（MHTML）；請用 Excel 開啟，另存為 XLSX",
            f"{name}: this is a web page saved as one file (MHTML); open it in Excel and save it "
            "as XLSX",
        )
    if not begins.startswith("<"):
        return "text"
    if _ENTITY.search(start):
        raise UnreadableFile(
            f"{name}：檔案內含 DTD 定義，正常的資料檔不會有，不予讀取；請重新匯出",
            f"{name}: it holds a DTD, which no file of records needs; export it again",
        )
    if _SPREADSHEET in begins and "workbook" in begins and not begins.startswith("<html"):
        return "xml"
    if _PAGE.search(begins):
        return "html"
    if begins.startswith("<?xml"):
        raise UnreadableFile(
            f"{name}：這是 XML，但不是 Excel 的 XML 試算表；請從原系統匯出 CSV 或 XLSX",
            f"{name}: this is XML, but no XML Spreadsheet of Excel; export it as CSV or XLSX",
        )
    return "text"
