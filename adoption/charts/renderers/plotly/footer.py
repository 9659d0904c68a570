"""The line under a figure, in the figure: so it is in a saved image too."""

import re
from typing import Any

from adoption.charts.renderers.plotly.layout import HEIGHT, without_markup
from adoption.text.fit import ems

SIZE = 11
WIDTH = 29  # Chinese characters of that size on a phone


def with_footer(sent: dict[str, Any], words: str) -> dict[str, Any]:
    """What is sent of a figure, with `words` under it: so they are in a saved image too.

    Plotly breaks no lines; these are short enough for a phone. Names in them are no markup.
    """
    lines = [without_markup(line) for line in _broken(words)]
    layout = sent["layout"]
    footer = {
        "height": layout.get("height", HEIGHT) + SIZE * 1.3 * len(lines) + 8,
        # Streamlit makes every title bold.
        "title": {
            "text": f"<span style='font-weight: 400'>{'<br>'.join(lines)}</span>",
            "font": {"size": SIZE},
            "x": 0,
            "xanchor": "left",
            "xref": "container",
            "y": 1e-6,  # with 0, Plotly moves the lines of a broken title out of the figure
            "yanchor": "bottom",
            "yref": "container",
            "automargin": True,
            "pad": {"l": 8, "t": 8, "b": 4},
        },
    }
    return sent | {"layout": layout | footer}


def _broken(words: str) -> list[str]:
    """Lines of at most WIDTH, broken between the parts of `words` where that is enough.

    A part that is too long is broken where its language may be: Chinese anywhere, English at a
    space.
    """
    lines = [""]
    for part in re.split(r"(?<= · )", words):
        whole = ems(part.removesuffix(" · ")) <= WIDTH
        for piece in (
            [part] if whole else re.findall(r"[\u0021-\u024f]+ ?| |[^\u0000-\u024f]", part)
        ):
            if lines[-1] and ems(lines[-1] + piece.removesuffix(" · ")) > WIDTH:
                lines.append("")
            lines[-1] += piece
    return [line.strip(" ·") for line in lines]
