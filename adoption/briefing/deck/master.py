"""The deck's own master: 16:9, three layouts, the dashboard's colours, fonts for Chinese.

python-pptx's template gives the package; the master, its layouts and the theme are ours.
"""

import io
from collections.abc import Iterable

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.presentation import Presentation as Deck

from adoption.briefing.deck.boxes import Box
from adoption.charts.meanings import COLOURS
from adoption.language import Language, say

LOCALES: dict[Language, str] = {"zh": "zh-TW", "en": "en-US"}
# Chinese, and letters and digits. Office has them; elsewhere Noto Sans CJK TC and Liberation Sans
# are found in their place.
HAN, LATIN = "Microsoft JhengHei", "Arial"
INK, PRIMARY, GREY, RULE = "0A1118", "185F78", "5B646B", "DDE2E5"
WHITE, SHADE = "FFFFFF", "F3F5F6"
ACCENTS = tuple(
    COLOURS[each] for each in ("valid", "holders", "behind", "ministry", "external", "plan")
)

WIDTH, HEIGHT, MARGIN = 13.333, 7.5, 0.6  # inches
TITLE = Box(MARGIN + 0.2, 0.4, WIDTH - 2 * MARGIN - 0.2, 0.95)
BODY = Box(MARGIN, 1.55, WIDTH - 2 * MARGIN, 5.2)
FOOTER = Box(MARGIN, 6.95, 10.9, 0.35)
NUMBER = Box(WIDTH - MARGIN - 1, 6.95, 1, 0.35)
COVER_TITLE = Box(1.2, 2.1, 11, 1.5)
COVER_TEXT = Box(1.2, 4.05, 11, 1.8)

_OF_THEIRS = (RELATIONSHIP_TYPE.THUMBNAIL, RELATIONSHIP_TYPE.PRINTER_SETTINGS)
_NAMES = nsdecls("a", "r", "p")
_BOLD = ' b="1"'
_FLUSH = 'lIns="0" rIns="0" anchor="ctr"'


def blank(language: Language) -> Deck:
    """A presentation without slides."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Box(0, 0, WIDTH, HEIGHT).emu[2:]
    layouts = _layouts(language)
    for layout in list(deck.slide_layouts)[len(layouts) :]:
        deck.slide_layouts.remove(layout)
    for layout, ours in zip(deck.slide_layouts, layouts, strict=True):
        layout.part._element = parse_xml(ours)
    master = deck.slide_master.part
    ours = parse_xml(_master(language))
    ours.find(qn("p:txStyles")).addprevious(master._element.find(qn("p:sldLayoutIdLst")))
    master._element = ours
    master.part_related_by(RELATIONSHIP_TYPE.THEME)._blob = _theme().encode()
    styles = deck.part._element.find(qn("p:defaultTextStyle"))
    styles.getparent().replace(styles, parse_xml(_default_style(LOCALES[language])))
    for relationships in (deck.part.package._rels, deck.part.rels):
        for name, relationship in list(relationships.items()):
            if relationship.reltype in _OF_THEIRS:
                relationships.pop(name)
    file = io.BytesIO()
    deck.save(file)  # what python-pptx has seen of its own master, it remembers
    return Presentation(file)


def rgb(colour: str) -> RGBColor:
    """`colour` as in this module or on screen, #rrggbb."""
    return RGBColor.from_string(colour.lstrip("#").upper())


def _xfrm(box: Box) -> str:
    left, top, width, height = box.emu
    return (
        f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    )


def _placeholder(
    number: int, kind: str, box: Box | None, words: str, style: str = "", body: str = ""
) -> str:
    """A placeholder; `kind` is what stands in its <p:ph>. Without `box` it is the master's."""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="Placeholder {number}"/>'
        f'<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr>'
        f"<p:spPr>{_xfrm(box) if box else ''}</p:spPr><p:txBody>"
        f"<a:bodyPr {body}><a:normAutofit/></a:bodyPr><a:lstStyle>{style}</a:lstStyle>"
        f"<a:p>{words}</a:p></p:txBody></p:sp>"
    )


def _prompts(language: Language) -> tuple[str, str]:
    """What a title and a text say while they are empty."""
    prompts = (say(language, "Click to edit the title"), say(language, "Click to edit the text"))
    title, text = (
        f'<a:r><a:rPr lang="{LOCALES[language]}"/><a:t>{prompt}</a:t></a:r>' for prompt in prompts
    )
    return title, text


def _footers(language: Language, *, of_master: bool = False) -> str:
    """The footer and the slide's number."""
    lang = LOCALES[language]
    empty = f'<a:endParaRPr lang="{lang}"/>'
    number = (
        '<a:fld id="{C1FF6DA9-008F-8B48-92A6-B652298478BF}" type="slidenum">'
        f'<a:rPr lang="{lang}"/><a:t>‹#›</a:t></a:fld>'
    )
    footer_kind = 'type="ftr" sz="quarter" idx="11"'
    number_kind = 'type="sldNum" sz="quarter" idx="12"'
    if not of_master:
        return _placeholder(8, footer_kind, None, empty) + _placeholder(
            9, number_kind, None, number
        )
    return _placeholder(8, footer_kind, FOOTER, empty, _style(11, "tx2"), _FLUSH) + _placeholder(
        9, number_kind, NUMBER, number, _style(12, "tx2", "r"), _FLUSH
    )


def _style(size: float, colour: str, align: str = "l", more: str = "") -> str:
    """Of the first level of a placeholder."""
    return (
        f'<a:lvl1pPr marL="0" indent="0" algn="{align}"><a:buNone/>'
        f'<a:defRPr sz="{round(100 * size)}"{more}><a:solidFill><a:schemeClr val="{colour}"/>'
        "</a:solidFill></a:defRPr></a:lvl1pPr>"
    )


def _ornament(number: int, box: Box, colour: str) -> str:
    """A filled rectangle that only decorates."""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="Ornament {number}"/><p:cNvSpPr/>'
        f'<p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>{_xfrm(box)}'
        f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr>'
        "<p:txBody><a:bodyPr/><a:lstStyle/><a:p/></p:txBody></p:sp>"
    )


def _tree(shapes: Iterable[str]) -> str:
    return (
        '<p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>'
        f"<p:grpSpPr/>{''.join(shapes)}</p:spTree>"
    )


def _layouts(language: Language) -> list[str]:
    title, text = _prompts(language)
    cover = [
        _ornament(5, Box(0, 0, 0.45, HEIGHT), "tx2"),
        _ornament(6, Box(COVER_TITLE.left + 0.1, 3.8, 1.6, 0.06), "accent1"),
        _placeholder(
            2,
            'type="ctrTitle"',
            COVER_TITLE,
            title,
            _style(44, "tx2", more=_BOLD),
            'anchor="b"',
        ),
        _placeholder(3, 'type="subTitle" idx="1"', COVER_TEXT, text, _style(22, "tx1")),
    ]
    titled = [
        _ornament(5, Box(MARGIN, 0.55, 0.09, 0.65), "accent1"),
        _ornament(6, Box(MARGIN, 6.9, WIDTH - 2 * MARGIN, 0.01), "bg2"),
        _placeholder(2, 'type="title"', None, title),
    ]
    layouts = {
        "title": (say(language, "Title slide"), cover),
        "obj": (
            say(language, "Title and content"),
            [*titled, _placeholder(3, 'idx="1"', None, text)],
        ),
        "titleOnly": (say(language, "Title only"), titled),
    }
    return [
        f'<p:sldLayout {_NAMES} type="{kind}" preserve="1"><p:cSld name="{name}">'
        f"{_tree([*shapes, _footers(language)])}</p:cSld>"
        "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
        for kind, (name, shapes) in layouts.items()
    ]


def _master(language: Language) -> str:
    title, text = _prompts(language)
    shapes = [
        _placeholder(2, 'type="title"', TITLE, title, body=_FLUSH),
        _placeholder(3, 'type="body" idx="1"', BODY, text, body='lIns="0" rIns="0"'),
        _footers(language, of_master=True),
    ]
    colours = "".join(
        f' {name}="{name}"'
        for name in (*(f"accent{number}" for number in range(1, 7)), "hlink", "folHlink")
    )
    return (
        f'<p:sldMaster {_NAMES}><p:cSld><p:bg><p:bgPr><a:solidFill><a:schemeClr val="bg1"/>'
        f"</a:solidFill><a:effectLst/></p:bgPr></p:bg>{_tree(shapes)}</p:cSld>"
        f'<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2"{colours}/><p:txStyles>'
        f"<p:titleStyle>{_level(28, 'tx2', '+mj', 100, 0, _BOLD)}</p:titleStyle>"
        f"<p:bodyStyle>{_level(18, 'tx1', '+mn', 110, 6)}</p:bodyStyle>"
        f"<p:otherStyle>{_level(18, 'tx1', '+mn', 100, 0)}</p:otherStyle></p:txStyles>"
        "</p:sldMaster>"
    )


def _default_style(lang: str) -> str:
    """Of text that stands in no placeholder."""
    return (
        f'<p:defaultTextStyle {_NAMES}><a:defPPr><a:defRPr lang="{lang}"/></a:defPPr>'
        f"{_level(18, 'tx1', '+mn', 100, 0)}</p:defaultTextStyle>"
    )


def _level(size: int, colour: str, font: str, spacing: int, before: int, more: str = "") -> str:
    fonts = "".join(
        f'<a:{script} typeface="{font}-{short}"/>'
        for script, short in (("latin", "lt"), ("ea", "ea"), ("cs", "cs"))
    )
    return (
        f'<a:lvl1pPr marL="0" indent="0" algn="l"><a:lnSpc><a:spcPct val="{spacing}000"/></a:lnSpc>'
        f'<a:spcBef><a:spcPts val="{before}00"/></a:spcBef><a:buNone/>'
        f'<a:defRPr sz="{size}00" kern="1200"{more}>'
        f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill>{fonts}</a:defRPr></a:lvl1pPr>'
    )


def _theme() -> str:
    named = {"dk1": INK, "lt1": WHITE, "dk2": PRIMARY, "lt2": RULE}
    named |= {f"accent{number}": colour for number, colour in enumerate(ACCENTS, start=1)}
    named |= {"hlink": PRIMARY, "folHlink": GREY}
    colours = "".join(
        f'<a:{name}><a:srgbClr val="{rgb(colour)}"/></a:{name}>' for name, colour in named.items()
    )
    fonts = (
        f'<a:latin typeface="{LATIN}"/><a:ea typeface="{HAN}"/><a:cs typeface="{LATIN}"/>'
        f'<a:font script="Hant" typeface="{HAN}"/>'
    )
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = f'<a:ln w="9525">{fill}</a:ln>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<a:theme {nsdecls("a")} name="MOEACA"><a:themeElements>'
        f'<a:clrScheme name="MOEACA">{colours}</a:clrScheme>'
        f'<a:fontScheme name="MOEACA"><a:majorFont>{fonts}</a:majorFont>'
        f"<a:minorFont>{fonts}</a:minorFont></a:fontScheme>"
        f'<a:fmtScheme name="MOEACA"><a:fillStyleLst>{3 * fill}</a:fillStyleLst>'
        f"<a:lnStyleLst>{3 * line}</a:lnStyleLst><a:effectStyleLst>{3 * effect}</a:effectStyleLst>"
        f"<a:bgFillStyleLst>{3 * fill}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )
