"""Names above bars that lie: that leaves these room on a phone."""

from typing import Any

from adoption.charts.renderers.plotly.layout import without_markup
from adoption.charts.spec import ChartSpec
from adoption.text.fit import ems

MOST_EMS = 29  # a line on a phone
HEIGHT, LINE = 48, 18  # pixels: of a row, and of a second line of its name


def headings(spec: ChartSpec) -> list[str]:
    """Of places that have a note: name and note, in two lines where any is too long for one."""
    pairs = list(zip(spec.place_texts, spec.places.notes, strict=bool(spec.places.notes)))
    is_long = any(ems(name) + ems(note) + 1 > MOST_EMS for name, note in pairs)
    between = "<br>" if is_long else "　"
    return [f"<b>{without_markup(n)}</b>{between}{without_markup(note)}" for n, note in pairs]


def height(heads: list[str]) -> int:
    return HEIGHT + (LINE if any("<br>" in head for head in heads) else 0)


def annotations(heads: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "text": head,
            "x": 0,
            "xref": "x domain",
            "xanchor": "left",
            "y": row - 0.2,
            "yanchor": "bottom",
            "align": "left",
            "font": {"size": 12},
            "showarrow": False,
        }
        for row, head in enumerate(heads)
    ]
