"""A ChartSpec as a chart of Excel's own, drawn from cells with its numbers, which can be edited."""

from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from xlsxwriter.utility import quote_sheetname, xl_range_abs  # type: ignore[import-untyped]

from adoption.charts.meanings import DARK, colour
from adoption.charts.spec import ChartSpec, Series

WIDTH, HEIGHT = 760, 380  # pixels
_ROW, _AROUND_ROWS = 24, 130  # of bars that lie: what each takes, and titles and legend
_LABELS = 12  # as many of a long axis are legible
_SYMBOLS = {"dash": "long_dash"}
FEW = 5  # counts up to this have a tick each


def height(spec: ChartSpec) -> int:
    """In pixels: bars that lie have a row each."""
    if not spec.lies:
        return HEIGHT
    beside = 1 if spec.is_stacked else len(spec.series)
    return max(260, _AROUND_ROWS + _ROW * len(spec.places.at) * beside)


def chart(book: Any, spec: ChartSpec, data: str, header: int) -> Any:
    """Bars, lines or areas; marks are left out.

    The sheet `data` has titles in the row `header`, and below them the places, a column a series,
    and after one with an interval how far that goes above and below.
    """
    kind = ("bar" if spec.lies else "column") if spec.kind == "bar" else spec.kind
    made = book.add_chart({"type": kind, **({"subtype": "stacked"} if spec.is_stacked else {})})
    first, last = header + 1, header + len(spec.places.at)
    columns = accumulate((3 if series.low else 1 for series in spec.series), initial=1)
    for series, column in zip(spec.series, columns, strict=False):
        looks = dict(_looks(spec, series))
        if series.low:
            looks |= {"y_error_bars": _interval(series, data, first, last, column + 1)}
        made.add_series(
            {
                "name": [data, header, column],
                "categories": [data, first, 0, last, 0],
                "values": [data, first, column, last, column],
                **looks,
            }
        )
    made.set_title({"name": spec.title, "overlay": False, "name_font": {"size": 13}})
    made.set_legend({"none": True} if len(spec.series) == 1 else {"position": "bottom"})
    _set_axes(made, spec)
    made.set_size({"width": WIDTH, "height": height(spec)})
    made.show_blanks_as("gap")
    # Filtering the table does not thin out the chart beside it.
    made.show_hidden_data()
    return made


def _looks(spec: ChartSpec, series: Series) -> Iterator[tuple[str, Any]]:
    hue = colour(series.meaning)
    if spec.kind == "line":
        yield from _line(series, hue)
        return
    yield "fill", {"color": hue}
    if spec.kind == "bar":
        yield "gap", 40
        yield "overlap", 100 if spec.is_stacked else 0
    if series.meanings:
        yield "points", [{"fill": {"color": colour(each)}} for each in series.meanings]


def _line(series: Series, hue: str) -> Iterator[tuple[str, Any]]:
    dash = {"dash_type": "dash"} if series.line == "dashed" else {}
    yield "line", {"none": True} if series.line == "none" else {"color": hue, "width": 2.25, **dash}
    # A single value has no line to the next.
    is_alone = sum(value is not None for value in series.values) == 1
    symbol = series.symbol or ("circle" if is_alone else "")
    if not symbol:
        yield "marker", {"type": "none"}
        return
    kind = symbol.removesuffix("-open")
    fill = {"color": _pale(hue) if kind != symbol else hue}
    kind = _SYMBOLS.get(kind, kind)
    yield "marker", {"type": kind, "size": 6, "fill": fill, "border": {"color": hue}}


def _pale(hue: str) -> str:
    """Half as much of it: LibreOffice draws no border around a mark, so white would not be seen."""
    parts = [int(hue[place : place + 2], 16) for place in (1, 3, 5)]
    return "#" + "".join(f"{(part + 255) // 2:02x}" for part in parts)


def reaches(series: Series) -> tuple[list[float], list[float]]:
    """How far the interval goes above and below each value."""
    ends = list(zip(series.values, series.low, series.high, strict=True))
    above = [0.0 if v is None or high is None else high - v for v, _, high in ends]
    below = [0.0 if v is None or low is None else v - low for v, low, _ in ends]
    return above, below


def _interval(series: Series, data: str, first: int, last: int, column: int) -> dict[str, Any]:
    """What goes up from the values is in `column`, what goes down in the next."""
    above, below = (
        f"={quote_sheetname(data)}!{xl_range_abs(first, place, last, place)}"
        for place in (column, column + 1)
    )
    up, down = reaches(series)
    return {
        "type": "custom",
        "plus_values": above,
        "plus_data": up,
        "minus_values": below,
        "minus_data": down,
        "line": {"color": DARK},
    }


def _set_axes(made: Any, spec: ChartSpec) -> None:
    values: dict[str, Any] = {
        "name": spec.value_title,
        "min": 0,
        "num_format": "0%" if spec.is_share else "#,##0",
        "major_gridlines": {"visible": True, "line": {"color": "#d9dce1", "width": 0.75}},
        "line": {"none": True},
    }
    if spec.whole:
        values["max"] = spec.whole
    if not spec.is_share and spec.reach <= FEW:
        values["major_unit"] = 1
    every = -(-len(spec.places.at) // _LABELS)
    places: dict[str, Any] = {"name": title_of_places(spec), "label_position": "low"}
    if not spec.lies and every > 1:
        places |= {"interval_unit": every, "interval_tick": every}
    if spec.lies:
        # The first on top, and the numbers still at the foot.
        made.set_y_axis(places | {"reverse": True, "crossing": "max"})
        made.set_x_axis(values)
    else:
        made.set_x_axis(places)
        made.set_y_axis(values)


def title_of_places(spec: ChartSpec) -> str:
    """What they are, and what a star beside some of them says."""
    if not has_stars(spec):
        return spec.places.title
    return f"{spec.places.title} (*: {spec.places.unlike_name})".strip()


def has_stars(spec: ChartSpec) -> bool:
    """Places unlike the others have one, where not all are so."""
    return any(spec.places.unlike) and not all(spec.places.unlike)


def categories(spec: ChartSpec) -> list[str]:
    unlike = spec.places.unlike if has_stars(spec) else (False,) * len(spec.places.at)
    return [f"{t} *" if star else t for t, star in zip(spec.place_texts, unlike, strict=True)]
