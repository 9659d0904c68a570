"""The files a briefing is handed out as: a deck, a workbook for either office suite, a handout.

The deck has the slides that were chosen, in that order. The workbook and the handout have all there
is of the same view, whatever was chosen: a sheet a metric, and the two pages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from adoption.briefing.asked import Records
from adoption.briefing.content import Briefing
from adoption.briefing.subjects import SUBJECTS, briefing
from adoption.charts.chart import Question
from adoption.charts.headlines import headlines
from adoption.metrics.targets import Targets
from adoption.store import Snapshot


@dataclass(frozen=True)
class Order:
    """What is to be written, and from what.

    `slides` are keys of SUBJECTS; `compared` is the other day, by default a month before;
    `template` is the .pptx that the deck is made on, by default our own.
    """

    question: Question
    store: Snapshot
    records: Records
    targets: Targets
    slides: Sequence[str] = tuple(SUBJECTS)
    compared: date | None = None
    template: bytes | None = None

    @property
    def chosen(self) -> Briefing:
        return briefing(self.question, self.records, self.slides, self.compared)

    @property
    def whole(self) -> Briefing:
        return briefing(self.question, self.records, compared=self.compared)


# The libraries that write a kind of file are loaded with the first file of it: other commands, and
# the dashboard, start without them.


def _pptx(order: Order) -> bytes:
    from adoption.briefing.deck import as_pptx

    return as_pptx(order.chosen, order.template)


def _xlsx(order: Order) -> bytes:
    from adoption.briefing.workbook import workbook

    return workbook(order.question, order.records, order.store)


def _ods(order: Order) -> bytes:
    from adoption.briefing.workbook import spreadsheet

    return spreadsheet(order.question, order.records, order.store)


def _pdf(order: Order) -> bytes:
    from adoption.briefing.handout import handout

    numbers = headlines(order.question, order.targets, order.compared)
    return handout(order.whole, numbers, order.question)


@dataclass(frozen=True)
class Kind:
    """A kind of file. Writing a deck raises TemplateError for a template that is of no use."""

    mime: str
    written: Callable[[Order], bytes]


# By what a file's name ends in, without the dot.
KINDS: dict[str, Kind] = {
    "pptx": Kind(
        "application/vnd.openxmlformats-officedocument.presentationml.presentation", _pptx
    ),
    "xlsx": Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
    "ods": Kind("application/vnd.oasis.opendocument.spreadsheet", _ods),
    "pdf": Kind("application/pdf", _pdf),
}
