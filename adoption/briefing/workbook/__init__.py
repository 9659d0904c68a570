"""The workbook: every metric of a view on a sheet of its own, as .xlsx and as .ods."""

from adoption.briefing.workbook.book import is_list, sheets_of, spreadsheet, workbook

__all__ = ["is_list", "sheets_of", "spreadsheet", "workbook"]
