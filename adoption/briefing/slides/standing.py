"""核發及導入現況, laid out as the source briefing lays it out: two sides, a few systems by name."""

import pandas as pd

from adoption.briefing.asked import Asked
from adoption.briefing.content import Panel, Slide
from adoption.briefing.slides.nothing import nothing
from adoption.charts.integration import control_sentence
from adoption.formats import cut_off_text, number_text
from adoption.text.fit import shortened

MOST_LINES = 3  # by name on a side, as in the source briefing
MOST_EMS = 44  # of a line
BRIEFING = "briefing"  # the provenance of what the source briefing names
AND_OTHERS = "⋮"


def standing(asked: Asked) -> Slide:
    key = "standing"
    rows = asked.rows("integration_totals")
    if rows.empty:
        return nothing(asked, key, asked.say("Issuance and rollout"))
    systems = asked.systems(asked.selection)
    lines = {side: _lines(systems[systems["side"] == side]) for side in rows["side"]}
    panels = tuple(
        Panel(
            title=asked.name(row.side),
            count=_count(asked, row.side, row.units, row.systems),
            lines=tuple(shortened(line, MOST_EMS) for line in lines[row.side]),
            meaning=row.side,
        )
        for row in rows.itertuples()
    )
    cut_off = cut_off_text(asked.selection.as_of, asked.language)
    return Slide(
        key,
        asked.say_of(
            int(rows["systems"].sum()),
            "Issuance and rollout: {systems} system integrated",
            "Issuance and rollout: {systems} systems integrated",
            systems=number_text(rows["systems"].sum()),
        ),
        says=(asked.say("Application systems that have integrated the certificate"),),
        panels=panels,
        below=cut_off,
        notes=(
            *(f"{panel.title}{panel.count}" for panel in panels),
            *(line for side in lines.values() for line in side if line != AND_OTHERS),
            control_sentence(asked, rows),
            cut_off,
        ),
    )


def _count(asked: Asked, side: str, units: int, systems: int) -> str:
    counts = {"units": number_text(units), "systems": number_text(systems)}
    if side == "ministry":
        return asked.say("(units: {units}, systems: {systems})", **counts)
    return asked.say("(agencies and bodies: {units}, systems: {systems})", **counts)


def _lines(systems: pd.DataFrame) -> list[str]:
    """Of the systems the first by name, those that the source briefing names before all others.

    What it names of one unit and one kind stands on one line, as it does there.
    """
    is_named = systems["provenance"] == BRIEFING
    # Two of a kind of the same unit share a line; others have one of their own.
    places = systems["system_code"].where(~is_named, systems["unit_code"] + systems["category"])
    ordered = systems.assign(place=places, other=~is_named)
    ordered = ordered.sort_values(["other", "system_code"])
    lines = ordered.groupby("place", sort=False)["system"].agg([" / ".join, "size"])
    shown = lines.head(MOST_LINES)
    left = len(systems) - int(shown["size"].sum())
    return [*shown["join"], *([AND_OTHERS] if left else [])]
