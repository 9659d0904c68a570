"""How much text fits: no program lays it out before it is opened, so it is estimated."""

import re
from collections.abc import Iterable, Sequence

SAFETY = 0.93  # letters are measured by kinds, in a font that need not be there
SPACING, HAN_SPACING = 1.2, 1.45  # a line to the size of its letters, and one of Chinese
_HAN = re.compile(r"[\u2e80-\U0003ffff]")
_NARROW = set(" .,:;'|!()[]ijlItfr-/·")
_WIDE = set("mwMW%@")


def ems(text: str) -> float:
    """How wide it is in Chinese characters: letters as in Arial."""
    return sum(map(_em, text))


def _em(character: str) -> float:
    if ord(character) > 0x24F:
        return 1.0
    if character in _NARROW:
        return 0.3
    if character in _WIDE:
        return 0.87
    return 0.68 if character.isupper() else 0.55


def line_count(text: str, most: float) -> int:
    """How many lines of `most` ems `text` takes: Chinese breaks anywhere, English at a space."""
    lines, used = 1, 0.0
    for piece in re.findall(r"[\u0021-\u024f]+ ?| |[^\u0000-\u024f]", text):
        wide = ems(piece.rstrip()) or ems(piece)
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
