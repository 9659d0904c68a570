"""A ChartSpec as JSON for handout.typ, which draws bars and lines; marks are left out."""

from dataclasses import asdict
from datetime import date
from itertools import count
from typing import Any

from adoption.charts.meanings import colour, letters_on
from adoption.charts.spec import ChartSpec, Series
from adoption.formats import number_text

MOST_TICKS = 5


def as_json(spec: ChartSpec) -> dict[str, Any]:
    """With each value as it reads, the ticks of the value axis, how far it goes, and the numbers of
    the categories: of months in the calendar, so that the same ones are named in every chart."""
    ticks = _ticks(spec.reach, spec.is_share)
    return {
        "title": spec.title,
        "alt": spec.alt,
        "kind": "lines" if spec.kind == "line" else "bars" if spec.lies else "columns",
        "is_stacked": spec.is_stacked,
        "categories": spec.place_texts,
        "places": [
            12 * place.year + place.month - 1 if isinstance(place, date) else number
            for number, place in enumerate(spec.places.at)
        ],
        "series": [_series(spec, each) for each in spec.series],
        "totals": [spec.text(total) for total in spec.totals],
        "ticks": [[tick, f"{tick:.0%}" if spec.is_share else number_text(tick)] for tick in ticks],
        "top": max(ticks[-1], spec.reach) or 1,
    }


def _series(spec: ChartSpec, series: Series) -> dict[str, Any]:
    return asdict(series) | {
        "starts": [],
        "colour": colour(series.meaning),
        "colours": [colour(meaning) for meaning in series.meanings],
        "letters": letters_on(colour(series.meaning)),
        "texts": spec.texts(series),
    }


def _ticks(most: float, is_share: bool) -> list[float]:
    """From 0 up to `most`, in steps of 1, 2 or 5 times a power of ten: at most MOST_TICKS."""
    steps = (base * 10.0**power for power in count(-2 if is_share else 0) for base in (1, 2, 5))
    step = next(step for step in steps if most / step < MOST_TICKS)
    return [number * step for number in range(int(most / step) + 1)]
