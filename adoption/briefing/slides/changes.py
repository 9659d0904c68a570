"""What changed since the last briefing, in sentences and in the headline numbers."""

from dataclasses import replace

from adoption.briefing.asked import Asked
from adoption.briefing.content import Slide, Table
from adoption.briefing.slides.nothing import nothing
from adoption.charts.changes import sentences
from adoption.charts.comparison import headline_numbers
from adoption.formats import change_text, number_text, short_day_text
from adoption.metrics import Selection
from adoption.metrics.changes import Standing, change
from adoption.text.fit import shortened

MOST_EMS = 24  # of a name in a sentence


def changes(asked: Asked) -> Slide:
    earlier, later = sorted((asked.then, asked.selection), key=lambda selection: selection.as_of)
    before, after = _standing(asked, earlier), _standing(asked, later)
    if not (_has_records(before) or _has_records(after)):
        return nothing(asked, "changes", asked.say("Since the last briefing"))
    found = change(before, after)
    days = {
        "first": short_day_text(earlier.as_of, asked.language),
        "last": short_day_text(later.as_of, asked.language),
    }
    said = tuple(sentences(asked, found))
    numbers = zip(headline_numbers(asked, earlier), headline_numbers(asked, later), strict=True)
    return Slide(
        "changes",
        asked.say(
            "Since {day}: certificates issued {issued}, new systems {systems}",
            day=days["first"],
            systems=number_text(len(found.new_systems)),
            issued=number_text(found.certificates.issued),
        ),
        says=said,
        tables=(
            Table(
                asked.say("From {first} to {last}", **days),
                (asked.say("Figure"), days["first"], days["last"], asked.say("Difference")),
                tuple(
                    (name, then, now, change_text(now - then)) for (name, then), (_, now) in numbers
                ),
            ),
        ),
        notes=(asked.say("From {first} to {last}", **days), *said),
    )


def _has_records(standing: Standing) -> bool:
    return bool(standing.certificates.issued or not standing.systems.empty)


def _standing(asked: Asked, selection: Selection) -> Standing:
    """With names that leave a sentence room."""
    standing = asked.standing(selection)
    short = {
        name: [shortened(each, MOST_EMS) for each in standing.systems[name]]
        for name in ("system", "unit")
    }
    return replace(standing, systems=standing.systems.assign(**short))
