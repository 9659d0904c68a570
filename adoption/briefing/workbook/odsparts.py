"""The parts of an OpenDocument spreadsheet beside its cells: looks, settings, what it is called."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from adoption.briefing.workbook.sheets import BLUE, FONTS, GREY, SHADE
from adoption.language import Language

_DIGIT, _LINE = 0.21, 0.56  # cm: how wide a digit is, and how high a line
_OASIS = {
    **{name: name for name in ("office", "table", "text", "style", "meta", "config", "manifest")},
    "number": "datastyle",
    "fo": "xsl-fo-compatible",
    "svg": "svg-compatible",
}
_SPACES = " ".join(
    [
        *[f'xmlns:{p}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for p, n in _OASIS.items()],
        'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"',
    ]
)
_PLACES: dict[Language, tuple[str, str]] = {"zh": ("zh", "TW"), "en": ("en", "US")}
_LONG = 'number:style="long"'
_MONTH, _DAY = f"<number:month {_LONG}/>", f"<number:day {_LONG}/>"
_CLOCK = (" ", f"<number:hours {_LONG}/>", ":", f"<number:minutes {_LONG}/>")
_BOLD = 'fo:font-weight="bold" style:font-weight-asian="bold"'
_WRAP = 'fo:wrap-option="wrap"'
_TOP = 'style:vertical-align="top"'
_INDENTED = 'fo:text-align="start" fo:margin-left="0.2cm"'  # away from the number before it
_HEADER = (
    f'{_WRAP} style:vertical-align="middle" fo:background-color="{SHADE}" '
    'fo:border-bottom="0.5pt solid #000000"'
)


def part(name: str, inside: str) -> str:
    """A part of the file: office:`name`."""
    head = f'<?xml version="1.0" encoding="UTF-8"?><office:{name} {_SPACES} office:version="1.3">'
    return f"{head}{inside}</office:{name}>"


def looks(language: Language, widths: Iterable[int], heights: Iterable[int]) -> str:
    """The styles that cells, columns, rows and sheets name: those of a cell by what it holds."""
    columns = "".join(
        f'<style:style style:name="wide{wide}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{wide * _DIGIT:.2f}cm"/></style:style>'
        for wide in sorted(widths)
    )
    rows = "".join(
        f'<style:style style:name="lines{high}" style:family="table-row">'
        f'<style:table-row-properties style:row-height="{high * _LINE:.2f}cm" '
        f'style:use-optimal-row-height="{str(high == 1).lower()}"/></style:style>'
        for high in sorted(heights)
    )
    sheet = (
        '<style:style style:name="sheet" style:family="table" style:master-page-name="Default">'
        '<style:table-properties table:display="true"/></style:style>'
    )
    made = columns + rows + sheet + _cells(language)
    return f"<office:automatic-styles>{made}</office:automatic-styles>"


def _cells(language: Language) -> str:
    made = [
        *[_day(style, parts, language) for style, parts in _calendar(language).items()],
        *[_number(style, 0) for style in ("count", "known")],
        _number("number", 1),
        _number("share", 1, "percentage"),
        _look("title", "", f'{_BOLD} fo:font-size="14pt" style:font-size-asian="14pt"'),
        _look("heading", "", f'{_BOLD} fo:font-size="12pt" style:font-size-asian="12pt"'),
        _look("source", "", f'fo:color="{GREY}"'),
        _look("label", _TOP, _BOLD),
        _look(
            "link",
            f"{_TOP} {_WRAP}",
            f'fo:color="{BLUE}" style:text-underline-style="solid"',
            _INDENTED,
        ),
        _look("header", _HEADER, _BOLD, _INDENTED),
        _look("number_header", _HEADER, _BOLD, 'fo:text-align="end"'),
        *[_look(style, f"{_TOP} {_WRAP}", "", _INDENTED) for style in ("text", "code", "flag")],
    ]
    return "".join(made)


def _calendar(language: Language) -> dict[str, Sequence[str]]:
    """How days read, in parts; the calendar of the Republic is in the standard."""
    if language == "zh":
        year = '<number:year number:calendar="ROC"/>'
        day = (year, "/", _MONTH, "/", _DAY)
        month: Sequence[str] = (year, "年", "<number:month/>", "月")
        return {"day": day, "month": month, "year": (year, "年"), "moment": day + _CLOCK}
    year = f"<number:year {_LONG}/>"
    day = (year, "-", _MONTH, "-", _DAY)
    month = ('<number:month number:textual="true"/>', " ", year)
    return {"day": day, "month": month, "year": (year,), "moment": day + _CLOCK}


def _day(style: str, parts: Iterable[str], language: Language) -> str:
    inside = "".join(
        each if each.startswith("<") else f"<number:text>{each}</number:text>" for each in parts
    )
    name, country = _PLACES[language]
    place = f'number:language="{name}" number:country="{country}"'
    return (
        f'<number:date-style style:name="read-{style}" {place}>{inside}</number:date-style>'
        + _look(style, _TOP, "", _INDENTED, f"read-{style}")
    )


def _number(style: str, decimals: int, kind: str = "number") -> str:
    unit = "<number:text>%</number:text>" if kind == "percentage" else ""
    return (
        f'<number:{kind}-style style:name="read-{style}"><number:number number:grouping="true" '
        f'number:decimal-places="{decimals}" number:min-decimal-places="{decimals}" '
        f'number:min-integer-digits="1"/>{unit}</number:{kind}-style>'
        + _look(style, _TOP, "", "", f"read-{style}")
    )


def _look(style: str, cell: str, text: str, paragraph: str = "", read: str = "") -> str:
    source = 'style:text-align-source="fix"' if paragraph else ""
    return (
        f'<style:style style:name="{style}" style:family="table-cell" '
        'style:parent-style-name="Default"'
        + (f' style:data-style-name="{read}">' if read else ">")
        + f"<style:table-cell-properties {cell} {source}/>"
        + (f"<style:paragraph-properties {paragraph}/>" if paragraph else "")
        + (f"<style:text-properties {text}/>" if text else "")
        + "</style:style>"
    )


def styles(language: Language) -> str:
    """The font and language of all cells, and the printed page: A4 across, as wide as a sheet."""
    name, country = _PLACES[language]
    font = quoteattr(f"'{FONTS[language]}'")
    return part(
        "document-styles",
        f'<office:font-face-decls><style:font-face style:name="cells" svg:font-family={font}/>'
        "</office:font-face-decls><office:styles>"
        '<style:default-style style:family="table-cell"><style:text-properties '
        'style:font-name="cells" style:font-name-asian="cells" fo:font-size="10pt" '
        f'style:font-size-asian="10pt" fo:language="{name}" fo:country="{country}" '
        'style:language-asian="zh" style:country-asian="TW"/></style:default-style>'
        '<style:style style:name="Default" style:family="table-cell"/></office:styles>'
        '<office:automatic-styles><style:page-layout style:name="page">'
        '<style:page-layout-properties fo:page-width="29.7cm" fo:page-height="21cm" '
        'style:print-orientation="landscape" fo:margin="1.5cm" style:scale-to-X="1" '
        'style:scale-to-Y="0"/><style:footer-style><style:header-footer-properties '
        'fo:min-height="0.8cm" fo:margin-top="0.3cm"/></style:footer-style></style:page-layout>'
        "</office:automatic-styles>"
        '<office:master-styles><style:master-page style:name="Default" '
        'style:page-layout-name="page"><style:header style:display="false"/><style:footer><text:p>'
        "<text:sheet-name/>　<text:page-number/> / <text:page-count/></text:p></style:footer>"
        "</style:master-page></office:master-styles>",
    )


def settings(headers: Mapping[str, int | None]) -> str:
    """Down to its header (name of the sheet -> row) a table stays in view."""
    tables = "".join(
        f"<config:config-item-map-entry config:name={quoteattr(name)}>"
        + _item("VerticalSplitMode", 2, "short")
        + _item("VerticalSplitPosition", header + 1)
        + _item("ActiveSplitRange", 2, "short")
        + _item("PositionTop", 0)
        + _item("PositionBottom", header + 1)
        + "</config:config-item-map-entry>"
        for name, header in headers.items()
        if header is not None
    )
    return part(
        "document-settings",
        '<office:settings><config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        '<config:config-item config:name="ViewId" config:type="string">view1</config:config-item>'
        f'<config:config-item-map-named config:name="Tables">{tables}'
        "</config:config-item-map-named></config:config-item-map-entry>"
        "</config:config-item-map-indexed></config:config-item-set></office:settings>",
    )


def _item(name: str, value: int, kind: str = "int") -> str:
    typed = f'config:name="{name}" config:type="{kind}"'
    return f"<config:config-item {typed}>{value}</config:config-item>"


def meta(title: str, language: Language, day: date) -> str:
    """Its stamp is of the day asked about, not of the clock."""
    return part(
        "document-meta",
        f"<office:meta><dc:title>{escape(title)}</dc:title>"
        f"<dc:language>{'-'.join(_PLACES[language])}</dc:language>"
        f"<meta:creation-date>{day.isoformat()}T00:00:00</meta:creation-date></office:meta>",
    )


def manifest(media_type: str, names: Iterable[str]) -> str:
    """What the file holds."""
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>'
        for name, kind in {"/": media_type, **dict.fromkeys(names, "text/xml")}.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.3" '
        f'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{entries}'
        "</manifest:manifest>"
    )
