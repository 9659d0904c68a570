"""The peaks of expiry as an iCalendar file (RFC 5545), for the calendars of those who get ready."""

import hashlib
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pandas as pd
from icalendar import Calendar, Event

from adoption.formats import TAIWAN, day_text, number_text
from adoption.language import Language, say
from adoption.metrics import Selection
from adoption.policy import STAGE_DAYS


def peaks_file(
    busiest: pd.DataFrame, selection: Selection, language: Language, source: str
) -> bytes:
    """An event of a whole day for each peak among the rows of the metric `busiest_days`.

    `source` (as-of day, filters, sample mark) stands in each description. A day keeps its UID
    whatever the as-of day, so that a newer file replaces what an older one said of it. At least one
    row has to be a peak: a calendar without events is none.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//moeaca-adoption//expiry peaks//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", say(language, "Peaks of expiring certificates"))
    for peak in busiest[busiest["peak"]].sort_values("day").itertuples():
        calendar.add_component(_event(peak, selection, language, source))
    written: bytes = calendar.to_ical()
    return written


def _event(peak: Any, selection: Selection, language: Language, source: str) -> Event:
    day = peak.day.date()
    event = Event()
    event.add("uid", f"{day:%Y%m%d}{_of_filters(selection)}@expiry-peaks.moeaca-adoption")
    event.add("dtstamp", _end_of(selection))
    event.add("sequence", selection.as_of.toordinal())
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add(
        "summary",
        say(
            language,
            "{count} certificates expire, {to_renew} still to renew",
            count=number_text(peak.expiring),
            to_renew=number_text(peak.to_renew),
        ),
    )
    usual = say(
        language, "A usual day of the year ahead has {usual}.", usual=number_text(peak.usual)
    )
    dues = [day_text(day - timedelta(days=days), language) for days in STAGE_DAYS]
    mails = say(language, "Reminders are due on {days}.", days=say(language, ", ").join(dues))
    event.add("description", "\n".join([usual, mails, source]))
    return event


def _of_filters(selection: Selection) -> str:
    """Part of a UID: the peaks of one county are others than those of all."""
    filters = sorted([*selection.county, *selection.org_type])
    if not filters:
        return ""
    return "-" + hashlib.sha256(",".join(filters).encode()).hexdigest()[:12]


def _end_of(selection: Selection) -> datetime:
    """When the as-of day is over in Taiwan: what the file knows. The clock is not read."""
    midnight = datetime.combine(selection.as_of + timedelta(days=1), time(), TAIWAN)
    return midnight.astimezone(UTC)
