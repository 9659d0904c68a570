"""Drawings as Excel's own charts, drawn from a sheet with their numbers, which can be edited."""

from collections.abc import Iterator, Sequence
from typing import Any

from xlsxwriter.utility import quote_sheetname, xl_range_abs  # type: ignore[import-untyped]

from adoption.briefing.workbook.figure import Drawing, Series
from adoption.briefing.workbook.sheets import Cell, Sheet, cell_text, titled
from adoption.charts import theme
from adoption.charts.chart import Question
from adoption.metrics.metric import Kind

WIDTH, HEIGHT = 760, 380  # pixels
_ROW, _AROUND_ROWS = 24, 130  # of bars that lie: what each takes, and titles and legend
_LABELS = 12  # as many of a long axis are legible
_DATA_WIDTHS = (34, *[15] * 9)
_SYMBOLS = {"line-ew": "long_dash"}


def data_sheet(
    question: Question, drawings: Sequence[Drawing], name: str
) -> tuple[Sheet, list[int]]:
    """The numbers of all charts, one below the other, and the row of each one's titles."""
    note = question.say("The charts of this workbook are drawn from these numbers.")
    rows: list[Sequence[Cell]] = [[Cell(name, "title")], [Cell(note, "source")]]
    headers = []
    for drawing in drawings:
        rows += [[], [Cell(cell_text(drawing.title), "heading")]]
        headers.append(len(rows))
        rows += _block(question, drawing)
    return Sheet(name, rows, _DATA_WIDTHS), headers


def _block(question: Question, drawing: Drawing) -> Iterator[Sequence[Cell]]:
    """A column a series, and after each that has an interval how far that goes up and down."""
    number: Kind = "share" if drawing.is_share else "count"
    columns: list[tuple[str, Sequence[float | None]]] = []
    for series in drawing.series:
        columns.append((series.name, series.values))
        if series.above:
            columns.append((question.say("Interval, above"), series.above))
            columns.append((question.say("Interval, below"), series.below))
    titles = [titled(name, number) for name, _ in columns]
    yield [titled(drawing.category_title, "text"), *titles]
    for place, category in enumerate(drawing.categories):
        cells = [Cell(values[place], number) for _, values in columns]
        yield [Cell(cell_text(category), "text"), *cells]


def height(drawing: Drawing) -> int:
    """In pixels: bars that lie have a row each."""
    if not drawing.lies:
        return HEIGHT
    beside = 1 if drawing.is_stacked else len(drawing.series)
    return max(260, _AROUND_ROWS + _ROW * len(drawing.categories) * beside)


def chart(book: Any, drawing: Drawing, data: str, header: int) -> Any:
    """A chart of the block of the sheet `data` whose titles are in the row `header`."""
    look = drawing.series[0].look
    is_bar = look == "bar"
    kind = ("bar" if drawing.lies else "column") if is_bar else "area" if look == "area" else "line"
    made = book.add_chart({"type": kind, **({"subtype": "stacked"} if drawing.is_stacked else {})})
    first, last = header + 1, header + len(drawing.categories)
    column = 1
    for series in drawing.series:
        looks = dict(_looks(series))
        if is_bar:
            looks |= {"gap": 40, "overlap": 100 if drawing.is_stacked else 0}
        if series.above:
            looks |= {"y_error_bars": _interval(series, data, first, last, column + 1)}
        made.add_series(
            {
                "name": [data, header, column],
                "categories": [data, first, 0, last, 0],
                "values": [data, first, column, last, column],
                **looks,
            }
        )
        column += 3 if series.above else 1
    made.set_title({"name": drawing.title, "overlay": False, "name_font": {"size": 13}})
    made.set_legend({"none": True} if len(drawing.series) == 1 else {"position": "bottom"})
    _set_axes(made, drawing)
    made.set_size({"width": WIDTH, "height": height(drawing)})
    made.show_blanks_as("gap")
    # Filtering the table does not thin out the chart beside it.
    made.show_hidden_data()
    return made


def _looks(series: Series) -> Iterator[tuple[str, Any]]:
    colour = series.colours[0]
    match series.look:
        case "bar" | "area":
            yield "fill", {"color": colour}
        case _:
            hollow = series.symbol.endswith("-open")
            symbol = series.symbol.removesuffix("-open")
            dash = {"dash_type": "dash"} if series.is_dashed else {}
            has_line, has_marks = "lines" in series.look, "markers" in series.look
            # A single value has no line to the next.
            alone = sum(value is not None for value in series.values) == 1
            yield "line", {"color": colour, "width": 2.25, **dash} if has_line else {"none": True}
            if has_marks or alone:
                fill = {"color": _pale(colour) if hollow else colour}
                kind = _SYMBOLS.get(symbol, symbol)
                yield "marker", {"type": kind, "size": 6, "fill": fill, "border": {"color": colour}}
            else:
                yield "marker", {"type": "none"}
    if len(series.colours) > 1:
        yield "points", [{"fill": {"color": each}} for each in series.colours]


def _pale(colour: str) -> str:
    """Half as much of it: LibreOffice draws no border around a mark, so white would not be seen."""
    parts = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    return "#" + "".join(f"{(part + 255) // 2:02x}" for part in parts)


def _interval(series: Series, data: str, first: int, last: int, column: int) -> dict[str, Any]:
    """What goes up from the values is in `column`, what goes down in the next."""
    above, below = (
        f"={quote_sheetname(data)}!{xl_range_abs(first, place, last, place)}"
        for place in (column, column + 1)
    )
    return {
        "type": "custom",
        "plus_values": above,
        "plus_data": list(series.above),
        "minus_values": below,
        "minus_data": list(series.below),
        "line": {"color": theme.ON_LIGHT},
    }


def _set_axes(made: Any, drawing: Drawing) -> None:
    grid = {"visible": True, "line": {"color": "#d9dce1", "width": 0.75}}
    values: dict[str, Any] = {
        "name": drawing.value_title,
        "min": 0,
        "num_format": "0%" if drawing.is_share else "#,##0",
        "major_gridlines": grid,
        "line": {"none": True},
    }
    if drawing.is_share and drawing.is_stacked and len(drawing.series) > 1:
        values["max"] = 1
    if not drawing.is_share and _most(drawing) <= theme.FEW:
        values["major_unit"] = 1
    every = -(-len(drawing.categories) // _LABELS)
    places: dict[str, Any] = {"name": drawing.category_title, "label_position": "low"}
    if not drawing.lies and every > 1:
        places |= {"interval_unit": every, "interval_tick": every}
    if drawing.lies:
        # The first on top, and the numbers still at the foot.
        made.set_y_axis(places | {"reverse": True, "crossing": "max"})
        made.set_x_axis(values)
    else:
        made.set_x_axis(places)
        made.set_y_axis(values)


def _most(drawing: Drawing) -> float:
    """How far bars, on top of each other, and lines reach."""
    columns = zip(*[series.values for series in drawing.series], strict=True)
    known = [[value or 0 for value in column] for column in columns]
    return max(sum(column) if drawing.is_stacked else max(column) for column in known)
