"""The numbers that the workbook's charts are drawn from."""

from collections.abc import Iterator, Sequence

from adoption.briefing.workbook.sheets import Cell, Sheet, cell_text, titled
from adoption.charts.chart import Question
from adoption.charts.renderers.xlsx import categories, reaches, title_of_places
from adoption.charts.spec import ChartSpec
from adoption.metrics.metric import Kind

_WIDTHS = (34, *[15] * 9)


def data_sheet(
    question: Question, specs: Sequence[ChartSpec], name: str
) -> tuple[Sheet, list[int]]:
    """The numbers of all charts, one below the other, and the row of each one's titles."""
    note = question.say("The charts of this workbook are drawn from these numbers.")
    rows: list[Sequence[Cell]] = [[Cell(name, "title")], [Cell(note, "source")]]
    headers = []
    for spec in specs:
        rows += [[], [Cell(cell_text(spec.title), "heading")]]
        headers.append(len(rows))
        rows += _block(question, spec)
    return Sheet(name, rows, _WIDTHS), headers


def _block(question: Question, spec: ChartSpec) -> Iterator[Sequence[Cell]]:
    """A column a series, and after each that has an interval how far that goes up and down."""
    number: Kind = "share" if spec.is_share else "count"
    columns: list[tuple[str, Sequence[float | None]]] = []
    for series in spec.series:
        columns.append((series.name, series.values))
        if series.low:
            above, below = reaches(series)
            columns.append((question.say("Interval, above"), above))
            columns.append((question.say("Interval, below"), below))
    titles = [titled(name, number) for name, _ in columns]
    yield [titled(title_of_places(spec), "text"), *titles]
    for place, category in enumerate(categories(spec)):
        cells = [Cell(values[place], number) for _, values in columns]
        yield [Cell(cell_text(category), "text"), *cells]
