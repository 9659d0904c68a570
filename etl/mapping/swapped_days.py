"""A column in which a program of another country read some days, with day and month exchanged.

3/4/2008 opened where the month comes first is 4 March, and saved as 2008/3/4; 24/4/2008 is no day
there and stays as it was. So where such texts stand beside days in full, none of these after the
12th of a month, nobody knows which of them are true.
"""

from collections.abc import Mapping

from etl.mapping.headers import UnreadableFile, headers_of
from etl.validation.short_years import Evidence


def refuse_swapped(name: str, columns: Mapping[str, str | None], evidence: Evidence) -> None:
    """Raises UnreadableFile. `columns` is header -> column of the feed."""
    for column in evidence.swapped():
        header = headers_of(columns).get(column, column)
        raise UnreadableFile(
            f"{name}：「{header}」有的日期年在最後，其餘的日都不超過 12，像是試算表把日和月對調了；"
            "請從原系統重新匯出，寫成 102/9/24 或 2013-09-24",
            f"{name}: {header} has days with the year last, and no other after the 12th: a "
            "spreadsheet may have exchanged day and month; export it again as 2013-09-24",
        )
