"""The control totals beside what the records give."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from adoption.charts import codes
from adoption.formats import short_day_text
from adoption.language import Language, say
from adoption.metrics import METRICS


def beside(
    language: Language, totals: Iterable[tuple[str, str, str, date, float, float | None]]
) -> pd.DataFrame:
    """A row a control total: metric, scope, measure, day, what is published, what is counted.

    `None` counted: it cannot be compared here.
    """
    return pd.DataFrame(
        [
            {
                say(language, "Day"): short_day_text(day, language),
                say(language, "Figure"): f"{codes.name(scope, language)} "
                f"{_title(metric, measure, language)}",
                say(language, "Control total"): value,
                say(language, "In the records"): actual,
                say(language, "Difference"): None if actual is None else actual - value,
            }
            for metric, scope, measure, day, value, actual in totals
        ]
    )


def _title(metric: str, measure: str, language: Language) -> str:
    columns = METRICS[metric].columns if metric in METRICS else ()
    titles = [c.title.in_language(language) for c in columns if c.name == measure]
    return titles[0] if titles else measure
