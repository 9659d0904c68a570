"""The deck's own master: 16:9, three layouts, the dashboard's colours, fonts for Chinese."""

import io
import zipfile
from collections.abc import Iterable

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.presentation import Presentation as Deck

from adoption.charts import theme
from adoption.language import Language, say

WIDTH, HEIGHT = 13.333, 7.5  # inches, as all measures here
MARGIN = 0.6
LOCALES: dict[Language, str] = {"zh": "zh-TW", "en": "en-US"}
# Chinese, and letters and digits. Office has them; elsewhere Noto Sans CJK TC and Liberation Sans
# are found in their place.
HAN, LATIN = "Microsoft JhengHei", "Arial"
INK, PRIMARY, GREY, RULE, SHADE = "0A1118", "185F78", "5B646B", "DDE2E5", "F3F5F6"
ACCENTS = (
    *(theme.VALID, theme.HOLDERS, theme.TO_RENEW),
    *(theme.SIDE["ministry"], theme.SIDE["external"], theme.PLAN),
)

Box = tuple[float, float, float, float]  # left, top, width, height
TITLE: Box = (MARGIN + 0.2, 0.4, WIDTH - 2 * MARGIN - 0.2, 0.95)
BODY: Box = (MARGIN, 1.55, WIDTH - 2 * MARGIN, 5.2)
FOOTER: Box = (MARGIN, 6.95, 10.9, 0.35)
NUMBER: Box = (WIDTH - MARGIN - 1, 6.95, 1, 0.35)
COVER_TITLE: Box = (1.2, 2.1, 11, 1.5)
COVER_TEXT: Box = (1.2, 4.05, 11, 1.8)

_NAMES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"


def blank(language: Language) -> Deck:
    """A presentation without slides."""
    lang = LOCALES[language]
    layouts = _layouts(language)
    numbers = range(1, len(layouts) + 1)
    parts = {
        "ppt/presentation.xml": _presentation(lang),
        "ppt/slideMasters/slideMaster1.xml": _master(language, len(layouts)),
        "ppt/theme/theme1.xml": _theme(),
        # PowerPoint offers to repair a file without these two.
        "ppt/presProps.xml": f"<p:presentationPr {_NAMES}/>",
        "ppt/viewProps.xml": f"<p:viewPr {_NAMES}/>",
        **{
            f"ppt/slideLayouts/slideLayout{number}.xml": layout
            for number, layout in zip(numbers, layouts, strict=True)
        },
    }
    relationships = {
        "_rels/.rels": [("officeDocument", "ppt/presentation.xml")],
        "ppt/_rels/presentation.xml.rels": [
            ("slideMaster", "slideMasters/slideMaster1.xml"),
            ("theme", "theme/theme1.xml"),
            ("presProps", "presProps.xml"),
            ("viewProps", "viewProps.xml"),
        ],
        "ppt/slideMasters/_rels/slideMaster1.xml.rels": [
            *[("slideLayout", f"../slideLayouts/slideLayout{number}.xml") for number in numbers],
            ("theme", "../theme/theme1.xml"),
        ],
        **{
            f"ppt/slideLayouts/_rels/slideLayout{number}.xml.rels": [
                ("slideMaster", "../slideMasters/slideMaster1.xml")
            ]
            for number in numbers
        },
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("[Content_Types].xml", _content_types(parts))
        for name, content in parts.items():
            package.writestr(name, _HEAD + content)
        for name, targets in relationships.items():
            package.writestr(name, _HEAD + _rels(targets))
    file.seek(0)
    return Presentation(file)


def rgb(colour: str) -> RGBColor:
    """`colour` as in this module or on screen, #rrggbb."""
    return RGBColor.from_string(colour.lstrip("#").upper())


def _emu(inches: float) -> int:
    return round(914_400 * inches)


def _xfrm(box: Box) -> str:
    left, top, width, height = map(_emu, box)
    return f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'


def _placeholder(
    number: int,
    kind: str,
    box: Box | None,
    words: str,
    style: str = "",
    body: str = "",
) -> str:
    """A placeholder of `kind` (what stands in its <p:ph>); without `box` it is the master's."""
    properties = f'{_xfrm(box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>' if box else ""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{kind.split(chr(34))[1]} {number}"/>'
        f'<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr>'
        f"<p:spPr>{properties}</p:spPr><p:txBody><a:bodyPr {body}><a:normAutofit/></a:bodyPr>"
        f"<a:lstStyle>{style}</a:lstStyle><a:p>{words}</a:p></p:txBody></p:sp>"
    )


def _run(words: str, lang: str) -> str:
    return f'<a:r><a:rPr lang="{lang}"/><a:t>{words}</a:t></a:r>'


def _footers(lang: str, box: bool) -> str:
    """The footer and the slide's number; with `box` where they stand."""
    end = f'<a:endParaRPr lang="{lang}"/>'
    field = (
        '<a:fld id="{C1FF6DA9-008F-8B48-92A6-B652298478BF}" type="slidenum">'
        f'<a:rPr lang="{lang}"/><a:t>‹#›</a:t></a:fld>'
    )
    insets = 'lIns="0" rIns="0" anchor="ctr"' if box else ""
    return _placeholder(
        8,
        'type="ftr" sz="quarter" idx="11"',
        FOOTER if box else None,
        end,
        _level(11, "tx2", "l") if box else "",
        insets,
    ) + _placeholder(
        9,
        'type="sldNum" sz="quarter" idx="12"',
        NUMBER if box else None,
        field,
        _level(12, "tx2", "r") if box else "",
        insets,
    )


def _level(size: float, colour: str, align: str, bold: bool = False, level: int = 1) -> str:
    weight = ' b="1"' if bold else ""
    return (
        f'<a:lvl{level}pPr marL="0" indent="0" algn="{align}"><a:buNone/>'
        f'<a:defRPr sz="{round(100 * size)}"{weight}><a:solidFill><a:schemeClr val="{colour}"/>'
        f"</a:solidFill></a:defRPr></a:lvl{level}pPr>"
    )


def _shape(number: int, name: str, box: Box, colour: str) -> str:
    """A filled rectangle that only decorates."""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr/><p:nvPr userDrawn="1"/>'
        f'</p:nvSpPr><p:spPr>{_xfrm(box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr>'
        "<p:txBody><a:bodyPr/><a:lstStyle/><a:p/></p:txBody></p:sp>"
    )


def _tree(shapes: Iterable[str]) -> str:
    return (
        '<p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>'
        f"<p:grpSpPr/>{''.join(shapes)}</p:spTree>"
    )


def _layouts(language: Language) -> tuple[str, ...]:
    lang = LOCALES[language]
    title = _run(say(language, "Click to edit the title"), lang)
    text = _run(say(language, "Click to edit the text"), lang)
    cover = [
        _shape(5, "band", (0, 0, 0.45, HEIGHT), "tx2"),
        _shape(6, "line", (COVER_TITLE[0] + 0.1, 3.8, 1.6, 0.06), "accent1"),
        _placeholder(
            2, 'type="ctrTitle"', COVER_TITLE, title, _level(44, "tx2", "l", True), 'anchor="b"'
        ),
        _placeholder(3, 'type="subTitle" idx="1"', COVER_TEXT, text, _level(22, "tx1", "l")),
    ]
    # The mark beside the title and the rule above the footer: not on the cover.
    marks = [
        _shape(5, "mark", (MARGIN, 0.55, 0.09, 0.65), "accent1"),
        _shape(6, "rule", (MARGIN, 6.9, WIDTH - 2 * MARGIN, 0.01), "bg2"),
    ]
    own_title = _placeholder(2, 'type="title"', None, title)
    layouts = (
        ("title", say(language, "Title slide"), cover),
        (
            "obj",
            say(language, "Title and content"),
            [*marks, own_title, _placeholder(3, 'idx="1"', None, text)],
        ),
        ("titleOnly", say(language, "Title only"), [*marks, own_title]),
    )
    return tuple(
        f'<p:sldLayout {_NAMES} type="{kind}" preserve="1"><p:cSld name="{name}">'
        f"{_tree([*shapes, _footers(lang, box=False)])}</p:cSld>"
        "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
        for kind, name, shapes in layouts
    )


def _master(language: Language, layouts: int) -> str:
    lang = LOCALES[language]
    shapes = [
        _placeholder(
            2,
            'type="title"',
            TITLE,
            _run(say(language, "Click to edit the title"), lang),
            body='lIns="0" rIns="0" anchor="ctr"',
        ),
        _placeholder(
            3,
            'type="body" idx="1"',
            BODY,
            _run(say(language, "Click to edit the text"), lang),
            body='lIns="0" rIns="0"',
        ),
        _footers(lang, box=True),
    ]
    ids = "".join(
        f'<p:sldLayoutId id="{2147483648 + number}" r:id="rId{number}"/>'
        for number in range(1, layouts + 1)
    )
    colours = "".join(
        f' {name}="{name}"'
        for name in (*(f"accent{number}" for number in range(1, 7)), "hlink", "folHlink")
    )
    levels = "".join(_text_level(level) for level in range(1, 10))
    return (
        f'<p:sldMaster {_NAMES}><p:cSld><p:bg><p:bgPr><a:solidFill><a:schemeClr val="bg1"/>'
        f"</a:solidFill><a:effectLst/></p:bgPr></p:bg>{_tree(shapes)}</p:cSld>"
        f'<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2"{colours}/>'
        f"<p:sldLayoutIdLst>{ids}</p:sldLayoutIdLst><p:txStyles><p:titleStyle>"
        '<a:lvl1pPr algn="l"><a:lnSpc><a:spcPct val="100000"/></a:lnSpc><a:buNone/>'
        '<a:defRPr sz="2800" b="1" kern="1200"><a:solidFill><a:schemeClr val="tx2"/></a:solidFill>'
        f"{_fonts('+mj')}</a:defRPr></a:lvl1pPr></p:titleStyle><p:bodyStyle>{levels}</p:bodyStyle>"
        f"<p:otherStyle>{_plain_levels()}</p:otherStyle></p:txStyles></p:sldMaster>"
    )


def _text_level(level: int) -> str:
    indent = 342_900 * (level - 1)
    return (
        f'<a:lvl{level}pPr marL="{indent}" indent="0" algn="l"><a:lnSpc><a:spcPct val="110000"/>'
        '</a:lnSpc><a:spcBef><a:spcPts val="600"/></a:spcBef><a:buNone/>'
        '<a:defRPr sz="1800" kern="1200"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill>'
        f"{_fonts('+mn')}</a:defRPr></a:lvl{level}pPr>"
    )


def _plain_levels() -> str:
    """Of text that stands in no placeholder for content."""
    return "".join(
        f'<a:lvl{level}pPr algn="l"><a:defRPr sz="1800" kern="1200"><a:solidFill>'
        f'<a:schemeClr val="tx1"/></a:solidFill>{_fonts("+mn")}</a:defRPr></a:lvl{level}pPr>'
        for level in range(1, 10)
    )


def _fonts(kind: str) -> str:
    return "".join(f'<a:{short} typeface="{kind}-{end}"/>' for short, end in _SCRIPTS.items())


_SCRIPTS = {"latin": "lt", "ea": "ea", "cs": "cs"}


def _presentation(lang: str) -> str:
    return (
        f'<p:presentation {_NAMES} saveSubsetFonts="1"><p:sldMasterIdLst>'
        '<p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst><p:sldIdLst/>'
        f'<p:sldSz cx="{_emu(WIDTH)}" cy="{_emu(HEIGHT)}"/><p:notesSz cx="6858000" cy="9144000"/>'
        f'<p:defaultTextStyle><a:defPPr><a:defRPr lang="{lang}"/></a:defPPr>{_plain_levels()}'
        "</p:defaultTextStyle></p:presentation>"
    )


def _theme() -> str:
    accents = "".join(
        f'<a:accent{number}><a:srgbClr val="{colour.lstrip("#").upper()}"/></a:accent{number}>'
        for number, colour in enumerate(ACCENTS, start=1)
    )
    fonts = (
        f'<a:latin typeface="{LATIN}" panose="020B0604020202020204"/>'
        f'<a:ea typeface="{HAN}" panose="020B0604030504040204"/><a:cs typeface="{LATIN}"/>'
        f'<a:font script="Hant" typeface="{HAN}"/>'
    )
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = f'<a:ln w="9525">{fill}</a:ln>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        f'<a:theme {_NAMES.split(" xmlns:r", maxsplit=1)[0]} name="MOEACA"><a:themeElements>'
        f'<a:clrScheme name="MOEACA"><a:dk1><a:srgbClr val="{INK}"/></a:dk1>'
        f'<a:lt1><a:srgbClr val="FFFFFF"/></a:lt1><a:dk2><a:srgbClr val="{PRIMARY}"/></a:dk2>'
        f'<a:lt2><a:srgbClr val="{RULE}"/></a:lt2>{accents}'
        f'<a:hlink><a:srgbClr val="{PRIMARY}"/></a:hlink>'
        f'<a:folHlink><a:srgbClr val="{GREY}"/></a:folHlink></a:clrScheme>'
        f'<a:fontScheme name="MOEACA"><a:majorFont>{fonts}</a:majorFont>'
        f"<a:minorFont>{fonts}</a:minorFont></a:fontScheme>"
        f'<a:fmtScheme name="MOEACA"><a:fillStyleLst>{3 * fill}</a:fillStyleLst>'
        f"<a:lnStyleLst>{3 * line}</a:lnStyleLst><a:effectStyleLst>{3 * effect}</a:effectStyleLst>"
        f"<a:bgFillStyleLst>{3 * fill}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )


def _content_types(parts: Iterable[str]) -> str:
    kinds = {
        "presentation": "presentation.main",
        "slideMaster1": "slideMaster",
        "presProps": "presProps",
        "viewProps": "viewProps",
    }
    overrides = []
    for part in parts:
        name = part.rpartition("/")[2].removesuffix(".xml")
        kind = kinds.get(name, "slideLayout")
        group = f"{_TYPE}.theme" if name == "theme1" else f"{_TYPE}.presentationml.{kind}"
        overrides.append(f'<Override PartName="/{part}" ContentType="{group}+xml"/>')
    return (
        f"{_HEAD}<Types "
        'xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
        'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f"{''.join(overrides)}</Types>"
    )


def _rels(targets: Iterable[tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_RELATIONSHIPS}">{rows}</Relationships>'
