"""The cover: what the briefing is of, and as of when."""

from adoption.briefing.asked import Asked
from adoption.briefing.content import BETWEEN, Slide


def cover(asked: Asked) -> Slide:
    return Slide("cover", title(asked), says=tuple(asked.source.split(BETWEEN)))


def title(asked: Asked) -> str:
    return asked.say("MOEACA: issuance and rollout")
