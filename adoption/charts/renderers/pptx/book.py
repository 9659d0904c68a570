"""The numbers of a chart as a workbook inside the slide."""

import io
from datetime import date

from pptx.chart.data import CategoryChartData
from pptx.chart.xlsx import CategoryWorkbookWriter
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from adoption.charts.renderers.pptx.parts import number_format
from adoption.charts.spec import ChartSpec

DAY = "yyyy-mm-dd"


class _Workbook(CategoryWorkbookWriter):  # type: ignore[misc]
    """The chart's numbers as a workbook whose texts stay texts, also when they are edited."""

    @property
    def xlsx_blob(self) -> bytes:
        file = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with Workbook(file, options) as book:
            sheet = book.add_worksheet()  # python-pptx refers to it as Sheet1
            text = book.add_format({"quote_prefix": True})
            day = book.add_format({"num_format": DAY})
            number = book.add_format({"num_format": self._chart_data.number_format})
            for row, category in enumerate(self._chart_data.categories, start=1):
                if isinstance(category.label, date):
                    sheet.write_datetime(row, 0, category.label, day)
                else:
                    sheet.write_string(row, 0, category.label, text)
            for column, series in enumerate(self._chart_data, start=1):
                sheet.write_string(0, column, series.name, text)
                sheet.write_column(1, column, series.values, number)
            sheet.autofit()
        return file.getvalue()


class _Numbers(CategoryChartData):  # type: ignore[misc]
    @property
    def _workbook_writer(self) -> _Workbook:
        return _Workbook(self)


def numbers_of(spec: ChartSpec) -> CategoryChartData:
    """Months are days, so that an axis of time is one."""
    data = _Numbers(number_format=number_format(spec))
    data.categories = spec.places.at if spec.places.kind == "month" else spec.place_texts
    for series in spec.series:
        data.add_series(series.name, series.values)
    return data
