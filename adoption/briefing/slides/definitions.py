"""What the numbers of the other slides mean."""

from adoption.briefing.asked import Asked
from adoption.briefing.content import Slide, Table
from adoption.metrics import METRICS


def definitions(asked: Asked) -> Slide:
    metrics = [METRICS[key] for key in asked.terms]
    title = asked.say("What the numbers mean")
    rows = [
        (metric.title.in_language(asked.language), metric.definition.in_language(asked.language))
        for metric in metrics
    ]
    columns = (asked.say("Metric"), asked.say("Definition"))
    return Slide("definitions", title, tables=(Table(title, columns, tuple(rows)),) if rows else ())
