"""The cover: what the briefing is of, and as of when."""

from adoption.briefing.asked import Asked
from adoption.briefing.content import BETWEEN, Slide


def cover(asked: Asked) -> Slide:
    return Slide("cover", deck_title(asked), says=tuple(asked.source.split(BETWEEN)))


def deck_title(asked: Asked) -> str:
    return asked.say("MOEACA: issuance and rollout")
