"""What a colour means: one table for the whole product, on screen and in files.

Each stands out at 3:1 from white and from the dark theme's background alike, and is told apart with
any of the common colour-vision deficiencies. Red is kept for what somebody must act on. Colour is
never the only sign: series are named, and lines are labelled where they end.
"""

from adoption.policy import STAGE_DAYS

_DONE = "#2b8a7e"
_ACT = "#c0492f"
_WAITING = "#a8842c"
_OVER = "#6b7078"
_UNDECIDED = "#8a8f98"
_LOST = "#85604f"
_HELD = "#7a6bb8"
_MAILS = ("#4a90a4", "#6f80c4", "#a468b0", "#c8467f")

COLOURS: dict[str, str] = {
    # in order, and what is to be done
    **dict.fromkeys(("integrated", "valid", "renewed", "delivered", "before_first"), _DONE),
    **dict.fromkeys(("overdue", "renewable", "missing", "behind"), _ACT),
    **dict.fromkeys(("testing", "late", "bounced"), _WAITING),
    **dict.fromkeys(("retired", "ended"), _OVER),
    **dict.fromkeys(("lapsed", "not_renewed"), _LOST),
    **dict.fromkeys(
        ("planned", "plan", "open", "not_open_yet", "no_address", "other", "all", "reference"),
        _UNDECIDED,
    ),
    # certificates and who has them; the adoption rate is a share of holders
    **dict.fromkeys(("holders", "rate"), _HELD),
    "first_time": "#3f7cac",
    "target": "#6b4fbb",
    # sides
    "ministry": "#2f7fbf",
    "external": "#c9760a",
    # organisation types
    "company": "#4c6a92",
    "business": "#6f8f3c",
    "branch": "#a05a8c",
    "unstated": "#9a8a8a",
    # the four mails, and renewals after each
    **{f"mail_{days}": colour for days, colour in zip(STAGE_DAYS, _MAILS, strict=True)},
    **{f"after_{days}": colour for days, colour in zip(STAGE_DAYS, _MAILS, strict=True)},
}
# Letters on a colour.
DARK, LIGHT = "#1f1a38", "#ffffff"


def colour(meaning: str) -> str:
    """#rrggbb; a code that the table does not know is one of the others."""
    return COLOURS.get(meaning, COLOURS["other"])


def letters_on(background: str) -> str:
    """The colour of letters on #rrggbb: the one of two that stands out more."""
    return max((LIGHT, DARK), key=lambda letters: contrast(letters, background))


def contrast(one: str, other: str) -> float:
    """From 1 to 21, by WCAG."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(hue: str) -> float:
    parts = [int(hue[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
