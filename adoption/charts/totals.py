"""The control totals beside what the records give."""

from collections.abc import Callable

import pandas as pd

from adoption.charts import codes
from adoption.formats import short_day_text
from adoption.language import Language, say
from adoption.metrics import METRICS, Selection
from adoption.policy import control_totals


def compared(language: Language, answer: Callable[[str, Selection], pd.DataFrame]) -> pd.DataFrame:
    """A row a control total, each compared on its own day; nothing in the records counts as 0."""
    rows = []
    for total in control_totals():
        metric = METRICS[total.metric]
        answers = answer(total.metric, Selection(total.as_of))
        in_scope = answers[metric.columns[0].name] == total.scope
        actual = int(answers.loc[in_scope, total.measure].sum())
        (measure,) = (column for column in metric.columns if column.name == total.measure)
        rows.append(
            {
                say(language, "Day"): short_day_text(total.as_of, language),
                say(language, "Figure"): f"{codes.name(total.scope, language)} "
                f"{measure.title.in_language(language)}",
                say(language, "Control total"): int(total.value),
                say(language, "In the records"): actual,
                say(language, "Difference"): actual - int(total.value),
            }
        )
    return pd.DataFrame(rows)
