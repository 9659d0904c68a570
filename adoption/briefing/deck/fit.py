"""How much text fits: no program lays it out before it is opened, so it is estimated."""

import re
from collections.abc import Iterable, Sequence

from adoption.charts.theme import ems

SAFETY = 0.95  # letters are measured by their average
SPACING = 1.4  # a line of Chinese to the size of its letters


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
    return sum(line_count(text, most) for text in texts) * SPACING * size / 72


def fitting_size(
    texts: Sequence[str], width: float, height: float, sizes: Sequence[float]
) -> float:
    """The first of `sizes`, in points, at which the paragraphs fit into the box, else the last."""
    fitting = (size for size in sizes if height_of(texts, size, width) <= height)
    return next(fitting, sizes[-1])
