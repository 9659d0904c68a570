"""A slide where no record matches."""

from adoption.briefing.asked import Asked
from adoption.briefing.content import Slide


def nothing(asked: Asked, key: str, title: str) -> Slide:
    return Slide(key, title, says=(asked.say("No record matches this day and these filters."),))
