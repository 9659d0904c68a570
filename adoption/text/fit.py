"""How much text fits where no program lays it out before it is opened: it is estimated."""

import re
from collections.abc import Iterable, Sequence

SAFETY = 0.93  # letters are measured by kinds, not each
GAP = 0.25  # ems that programs put between a Chinese character and a letter
SPACING, HAN_SPACING = 1.2, 1.45  # a line to the size of its letters, and one of Chinese
_HAN = re.compile(r"[\u2e80-\U0003ffff]")
_BESIDE_HAN = re.compile(r"(?<=[!-\u024f])(?=[\u2e80-\uffff])|(?<=[\u2e80-\uffff])(?=[!-\u024f])")
_NARROW = set(" .,:;'|!()[]ijlItfr-/·")
_WIDE = set("mwMW%@&#+<=>~")


def ems(text: str) -> float:
    """How wide it is in Chinese characters: letters as in DejaVu Sans, the widest font in which a
    program shows what has none of the deck's own fonts."""
    return sum(map(_em, text)) + GAP * len(_BESIDE_HAN.findall(text))


def _em(character: str) -> float:
    if ord(character) > 0x24F:
        return 1.0
    if character in _NARROW:
        return 0.36
    if character in _WIDE:
        return 0.95
    return 0.73 if character.isupper() else 0.61


def shortened(text: str, most: float) -> str:
    """`text` in at most `most` ems (a Chinese character is one wide), cut with … where longer."""
    if ems(text) <= most:
        return text
    cut = ""
    for character in text:
        if ems(cut + character) > most - 1:
            break
        cut += character
    return f"{cut.rstrip()}…"


def line_count(text: str, most: float) -> int:
    """How many lines of `most` ems `text` takes: Chinese breaks anywhere, English at a space."""
    lines, used = 1, 0.0
    for found in re.finditer(r"[\u0021-\u024f]+ ?| |[^\u0000-\u024f]", text):
        piece = found.group()
        wide = ems(piece.rstrip()) or ems(piece)
        used += GAP if _BESIDE_HAN.match(text, found.start()) else 0
        if used and used + wide > most:
            lines, used = lines + 1, 0.0
        # A word that is longer than a line is broken.
        lines += int(wide // most) if wide > most else 0
        used = (used + ems(piece)) if wide <= most else wide % most
    return lines


def height_of(texts: Iterable[str], size: float, width: float) -> float:
    """Inches that paragraphs of `size` points take in `width` inches."""
    most = width * 72 / size * SAFETY
    return sum(
        line_count(text, most) * (HAN_SPACING if _HAN.search(text) else SPACING) * size / 72
        for text in texts
    )


def fitting_size(
    texts: Sequence[str], width: float, height: float, sizes: Sequence[float]
) -> float:
    """The first of `sizes`, in points, at which the paragraphs fit into the box, else the last."""
    fitting = (size for size in sizes if height_of(texts, size, width) <= height)
    return next(fitting, sizes[-1])
