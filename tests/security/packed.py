"""Hostile archives, workbooks and Parquet files."""

import gzip
import io
import random
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

import pyarrow as pa
import xlwt
from pyarrow import parquet

from tests.security.hostile import Content
from tests.security.texts import HEADER, LAUGHS, ROW, Table

MB = 1 << 20
GOOD = (HEADER + ROW).encode()
TABLE: Table = [line.split(",") for line in (HEADER + ROW).split()]


def gz(content: bytes) -> bytes:
    return gzip.compress(content, 1, mtime=0)


def gz_often(content: bytes, times: int) -> bytes:
    return content if not times else gz(gz_often(content, times - 1))


GZIP: dict[str, Content] = {
    "6 GB of zeros": lambda: gz(bytes(64 * MB)) * 96,
    "400 MB of zeros": lambda: gz(bytes(400 * MB)),
    "4 million rows of one sign": lambda: gz(b"x\n" * 4_000_000),
    "2 million rows, all the same": lambda: gz(HEADER.encode() + ROW.encode() * 2_000_000),
    "2 million rows that are refused": lambda: gz(HEADER.encode() + b"A1,1\n" * 2_000_000),
    "a name of 30 MB": lambda: (
        b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * 30 * MB + b"\0" + gz(GOOD)[10:]
    ),
    "a million members": lambda: gz(GOOD) + gz(b"") * 1_000_000,
    "packed ten times": lambda: gz_often(GOOD, 10),
    "something behind its end": lambda: gz(GOOD) + b"x" * MB,
    "the wrong checksum": lambda: gz(GOOD)[:-8] + bytes(8),
    "cut short": lambda: gz(GOOD * 99)[:-20],
    "a workbook of 200 MB": lambda: gz(b"PK\x03\x04" + bytes(200 * MB)),
}


def zipped(entries: Mapping[str, bytes], method: int = 8, kind: int = 0) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method, compresslevel=1) as archive:
        for name, entry in entries.items():
            info = zipfile.ZipInfo(name)  # of 1980: the same each time
            info.compress_type, info.external_attr = method, kind
            archive.writestr(info, entry)
    return content.getvalue()


def noisy(content: bytes, seed: int) -> bytes:
    """With one sign in two hundred another."""
    noise, changed = random.Random(seed), bytearray(content)
    for _ in range(len(content) // 200):
        changed[noise.randrange(len(content))] = noise.randrange(256)
    return bytes(changed)


def _zip64(content: bytes, entries: int, size: int) -> bytes:
    """With an end that says so many entries in so many bytes."""
    end = content.rindex(b"PK\x05\x06")
    start = end.to_bytes(8, "little")
    record = b"PK\x06\x06" + (44).to_bytes(8, "little") + b"-\0-\0" + bytes(8)
    record += entries.to_bytes(8, "little") * 2 + size.to_bytes(8, "little") + start
    locator = b"PK\x06\x07" + bytes(4) + start + (1).to_bytes(4, "little")
    return content[:end] + record + locator + b"PK\x05\x06" + bytes(4) + b"\xff" * 12 + bytes(2)


def _overlapping(entries: int) -> bytes:
    """Many entries of one and the same stream."""
    content = zipped({"a.csv": GOOD * 3_000_000})
    at, end = content.rindex(b"PK\x01\x02"), content.rindex(b"PK\x05\x06")
    count = entries.to_bytes(2, "little") * 2 + ((end - at) * entries).to_bytes(4, "little")
    last = content[end : end + 8] + count + content[end + 16 :]
    return content[:at] + content[at:end] * entries + last


ONE = zipped({"a.csv": GOOD})
ZIP: dict[str, Content] = {
    "100 MB of rows": lambda: zipped({"a.csv": GOOD * 3_000_000}),
    "a size that lies": lambda: ONE.replace(len(GOOD).to_bytes(4, "little"), b"\1\0\0\0"),
    "zip64: 60 MB of entries": lambda: _zip64(ONE + bytes(60 * MB), 9, 60 * MB),
    "zip64: more entries than there are": lambda: _zip64(ONE, 1 << 40, 60),
    "zip64: a list of any length": lambda: _zip64(ONE, 1, (1 << 63) - 1),
    "90 entries of one stream": lambda: _overlapping(90),
    "900 entries of one stream": lambda: _overlapping(900),
    "60,000 entries": lambda: zipped({f"{n}.csv": b"" for n in range(60_000)}),
    "500 files": lambda: zipped({f"{n}.csv": GOOD for n in range(500)}),
    "a name of 65,000 signs": lambda: zipped({"a" * 65_000 + ".csv": GOOD}),
    "names that lead outside": lambda: zipped({"../../tmp/evil.csv": GOOD, "/etc/x.csv": GOOD}),
    "a link": lambda: zipped({"a.csv": b"/etc/passwd"}, kind=0o120777 << 16),
    "a password": lambda: ONE.replace(b"PK\x01\x02\x14\x03\x14\0\0", b"PK\x01\x02\x14\x03\x14\0\1"),
    "LZMA": lambda: zipped({"a.csv": bytes(9 * MB)}, zipfile.ZIP_LZMA),
    "a zip in a zip": lambda: zipped({"a.zip": zipped({"b.zip": ONE})}),
    "no entries": lambda: zipped({}),
    "cut short": lambda: ONE[:-30],
    "noise": lambda: noisy(zipped({f"{n}.csv": GOOD for n in range(99)}), 3),
    "two files of which one is no table": lambda: zipped({"a.csv": GOOD, "b.csv": bytes(MB)}),
}
OFFICE = "http://schemas.openxmlformats.org"
MAIN = f'xmlns="{OFFICE}/spreadsheetml/2006/main"'
PACKAGE = f'xmlns="{OFFICE}/package/2006/relationships"'
REL = f"{OFFICE}/officeDocument/2006/relationships"
SHEET = '<sheet name="a" sheetId="1" r:id="r0"/>'


def book(rows: str = "", **parts: str) -> bytes:
    """An XLSX of one sheet below good rows; `parts`: before, after, strings, styles, sheets ..."""
    said = {name: parts.get(name, "") for name in ("dtd", "before", "after", "strings", "styles")}
    sheet = f"{said['before']}<sheetData>{TOP}{rows}</sheetData>{said['after']}"
    targets = [parts.get("target", "worksheets/s.xml"), "sharedStrings.xml", "styles.xml"]
    kinds = zip(("worksheet", "sharedStrings", "styles"), targets, strict=True)
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{REL}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(kinds)
    )
    office = f'<Relationship Id="r" Type="{REL}/officeDocument" Target="xl/workbook.xml"/>'
    entries = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f"<Relationships {PACKAGE}>{office}</Relationships>",
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{REL}">'
        f"<sheets>{parts.get('sheets', SHEET)}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships {PACKAGE}>{relations}</Relationships>",
        "xl/worksheets/s.xml": f"{said['dtd']}<worksheet {MAIN}>{sheet}</worksheet>",
        "xl/sharedStrings.xml": f"<sst {MAIN}>{said['strings']}</sst>",
        "xl/styles.xml": f"<styleSheet {MAIN}>{said['styles']}</styleSheet>",
        "xl/media/extra": parts.get("extra", ""),
    }
    return zipped({name: content.encode("utf-8", "replace") for name, content in entries.items()})


def _row(cells: list[str]) -> str:
    typed = (f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in cells)
    return f"<row>{''.join(typed)}</row>"


def xlsx_of(table: Table) -> bytes:
    return book("".join(map(_row, table)))


TOP = "".join(map(_row, TABLE))
SHARED = '<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>'
DEEP = "<a>" * 1_000_000
FILE = '<!DOCTYPE a [<!ENTITY b SYSTEM "/etc/passwd">]>'
DAYS = '<cellXfs><xf numFmtId="14"/></cellXfs>'
NONE = f'<row><c s="0"><v>1e300</v></c><c><v>1e999999</v></c><c><v>{"9" * 5_000}</v></c></row>'
MERGED = '<mergeCell ref="A1:XFD1048576"/>'
XLSX: dict[str, Content] = {
    "one string in a million cells": lambda: book(
        SHARED * 500_000, strings=f"<si><t>{'x' * 30_000}</t></si>"
    ),
    "3 million strings": lambda: book(strings="<si><t>x</t></si>" * 3_000_000),
    "a string of 150 MB": lambda: book(SHARED, strings=f"<si><t>{'x' * (150 * MB)}</t></si>"),
    "entities that grow": lambda: book("<row>&h;</row>", dtd=LAUGHS + "]>"),
    "an entity of a file": lambda: book("<row>&b;</row>", dtd=FILE),
    "elements in elements": lambda: book(f"<row><c><is>{DEEP}"),
    "elements in the styles": lambda: book(styles=DEEP),
    "a size that lies": lambda: book(before='<dimension ref="A1:XFD1048576"/>'),
    "a cell far away": lambda: book('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "a cell out of any sheet": lambda: book('<row><c r="ZZZZZZZ99999999999"><v>1</v></c></row>'),
    "rows backwards": lambda: book('<row r="9"><c r="A9"/></row><row r="3"><c r="A3"/></row>'),
    "a million merged cells": lambda: book(after=f"<mergeCells>{MERGED * 1_000_000}</mergeCells>"),
    "a million styles": lambda: book(styles=DAYS.replace("<xf", "<xf/><xf" * 1_000_000)),
    "a million hidden rows": lambda: book('<row hidden="1"/>' * 1_000_000),
    "a million cells in a row": lambda: book(f"<row>{'<c><v>1</v></c>' * 1_000_000}</row>"),
    "9 million numbers": lambda: book(f"<row>{'<c><v>1</v></c>' * 18}</row>" * 500_000),
    "a million formulas": lambda: book("<row><c><f>1</f></c></row>" * 1_000_000),
    "strings that are not there": lambda: book('<row><c t="s"><v>99999999999</v></c></row>'),
    "numbers and days that are none": lambda: book(NONE, styles=DAYS),
    "2,000 sheets": lambda: book(sheets=SHEET * 2_000),
    "a sheet outside the file": lambda: book(target="../../../../etc/passwd"),
    "a sheet elsewhere": lambda: book(target="http://a.tw/sheet.xml"),
    "250 MB beside the sheet": lambda: book(extra="x" * (250 * MB)),
    "cut short": lambda: book()[:-40],
    "noise": lambda: noisy(book(TOP * 99), 5),
}
ODF = "urn:oasis:names:tc:opendocument:xmlns"
NAMES = " ".join(f'xmlns:{name}="{ODF}:{name}:1.0"' for name in ("office", "table", "text"))
CELL = '<table:table-cell {} office:value-type="string"><text:p>{}</text:p></table:table-cell>'


def ods(row: str = "", cell: str = "", more: str = "", before: str = "") -> bytes:
    """An ODS of good rows and one whose row and cells say something else as well."""
    rows = ["".join(CELL.format("", text) for text in cells) for cells in TABLE]
    rows = [f"<table:table-row>{cells}</table:table-row>" for cells in rows]
    rows += [rows[-1].replace("-row>", f"-row {row}>", 1).replace("-cell ", f"-cell {cell} "), more]
    content = f"{before}<office:document-content {NAMES}><office:body><office:spreadsheet>"
    content += f'<table:table table:name="a">{"".join(rows)}</table:table></office:spreadsheet>'
    return zipped({
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": b"<a/>",
        "content.xml": f"{content}</office:body></office:document-content>".encode(),
    })  # fmt: skip


FAR, WIDE = (f'table:number-{name}-repeated="{{}}"' for name in ("rows", "columns"))
OVER = 'table:number-rows-spanned="999999" table:number-columns-spanned="999999"'
ODS: dict[str, Content] = {
    "a row a million times": lambda: ods(FAR.format(1_048_000)),
    "a cell a million times": lambda: ods("", WIDE.format(1_000_000)),
    "all of it at once": lambda: ods(FAR.format(1_048_000), WIDE.format(400)),
    "rows beyond any number": lambda: ods(FAR.format(10**20)),
    "cells over everything": lambda: ods("", OVER),
    "entities that grow": lambda: ods(more="&h;", before=LAUGHS + "]>"),
    "elements in elements": lambda: ods(more="<table:table-row><table:table-cell>" + DEEP),
}


def an_xls() -> bytes:
    made, out = xlwt.Workbook(), io.BytesIO()
    sheet = made.add_sheet("a")
    for number, cells in enumerate(TABLE * 50):
        for place, cell in enumerate(cells):
            sheet.write(number, place, cell)
    made.save(out)
    return out.getvalue()


XLS: dict[str, Content] = {
    "noise": lambda: noisy(an_xls(), 1),
    "cut short": lambda: an_xls()[:4_000],
    "sectors in a circle": lambda: an_xls()[:512] + b"\0\0\0\0" * 4_000,
    "sectors of any size": lambda: an_xls()[:30] + b"\xff\xff" + an_xls()[32:],
    "nothing but sectors": lambda: an_xls()[:512] + b"\xff" * (19 * MB),
    "a password": lambda: an_xls() + "EncryptedPackage".encode("utf-16-le"),
}


def parquet_of(table: Table) -> bytes:
    return _parquet({name: [row[at] for row in table[1:]] for at, name in enumerate(table[0])})


def _parquet(columns: Mapping[str, object], **how: object) -> bytes:
    out = io.BytesIO()
    parquet.write_table(pa.table(dict(columns)), out, compression="gzip", **how)
    return out.getvalue()


def _with(column: pa.Array, **how: object) -> bytes:
    return _parquet({"serial": column, "suspended_on": ["102/1/1"] * len(column)}, **how)


def _repeated(value: str, count: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), pa.array([value]))


FOOTER = parquet_of(TABLE)
PARQUET: dict[str, Content] = {
    "a text of 1 MB in 100,000 rows": lambda: _with(_repeated("x" * MB, 100_000)),
    "30,000 signs in 2 million rows": lambda: _with(_repeated("x" * 30_000, 2_000_000)),
    "10 million rows that are refused": lambda: _with(_repeated("?", 10_000_000)),
    "5 million rows of nothing": lambda: _with(pa.nulls(5_000_000, pa.string())),
    "a footer of any length": lambda: FOOTER[:-8] + b"\xff\xff\xff\x7fPAR1",
    "a footer of noise": lambda: noisy(FOOTER, 4),
    "no footer": lambda: b"PAR1" + bytes(99) + b"PAR1",
    "cut short": lambda: FOOTER[:-9],
    "lists in lists": lambda: _with(pa.array([[[["A1"]]]])),
    "bytes that are no text": lambda: _with(pa.array([b"\xff\xfe\x00", b"A1"])),
    "moments beyond any calendar": lambda: _with(pa.array([-(1 << 62)], pa.timestamp("ms"))),
    "600 columns": lambda: _parquet({f"c{n}": ["x"] for n in range(600)}),
    "a column's name of 2 MB": lambda: _parquet({"serial": ["A1"], "x" * 2 * MB: ["x"]}),
    "20,000 groups": lambda: _with(pa.array(["A1"] * 20_000), row_group_size=1),
}
FAMILIES = {"gzip": GZIP, "zip": ZIP, "XLSX": XLSX, "ODS": ODS, "XLS": XLS, "Parquet": PARQUET}
FORMATS = {"XLSX": xlsx_of, "Parquet": parquet_of}
