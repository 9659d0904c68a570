"""How numbers and dates read: ROC (民國) dates in Chinese, Gregorian in English, one way each."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pandas as pd

from adoption.language import Language, say, say_of

ROC_YEAR_ZERO = 1911
# Taiwan keeps one time all year.
TAIWAN = timezone(timedelta(hours=8))


def roc_year(day: date) -> str:
    """102; there is no year 0: 民國前1年 is that before 元年."""
    year = day.year - ROC_YEAR_ZERO
    return str(year) if year > 0 else f"前{1 - year}"


def day_text(day: Any, language: Language) -> str:
    """民國102年9月24日 / 2013-09-24. `day` is a date or a pandas timestamp."""
    day = pd.Timestamp(day)
    if language == "zh":
        return f"民國{roc_year(day)}年{day.month}月{day.day}日"
    return f"{day:%Y-%m-%d}"


def cut_off_text(day: date, language: Language) -> str:
    """Up to when is counted, in the words of the source briefing: 統計期限至本(102)年9月24日止."""
    if language == "zh":
        return f"統計期限至本({roc_year(day)})年{day.month}月{day.day}日止"
    return f"Counted up to and including {day:%Y-%m-%d}"


def short_day_text(day: Any, language: Language) -> str:
    """102/09/24 / 2013-09-24: for tables and axes."""
    day = pd.Timestamp(day)
    return f"{roc_year(day)}/{day:%m/%d}" if language == "zh" else f"{day:%Y-%m-%d}"


def month_text(month: Any, language: Language) -> str:
    """102年9月 / Sep 2013."""
    month = pd.Timestamp(month)
    return f"{roc_year(month)}年{month.month}月" if language == "zh" else f"{month:%b %Y}"


def year_text(day: Any, language: Language) -> str:
    """102年 / 2013."""
    day = pd.Timestamp(day)
    return f"{roc_year(day)}年" if language == "zh" else f"{day:%Y}"


def number_text(number: float, decimals: int = 0) -> str:
    """Thousands separated; whole unless decimals are asked for."""
    return f"{number:,.{decimals}f}"


def change_text(change: float) -> str:
    """With its sign; a true minus sign, which lines up with the plus."""
    return f"+{change:,.0f}" if change > 0 else f"{change:,.0f}".replace("-", "−")


def share_text(part: float, whole: float) -> str:
    """A percentage with one decimal; a dash where there is nothing to take a share of."""
    return f"{100 * part / whole:.1f}%" if whole else "—"


def percent_text(share: float) -> str:
    """0.3196 -> 32.0%; a dash where there is none."""
    return "—" if pd.isna(share) else f"{100 * share:.1f}%"


def points_text(change: float) -> str:
    """A change of a share in percentage points, with its sign: 0.021 -> +2.1."""
    return f"{100 * change:+.1f}".replace("-", "−")


def moment_text(moment: datetime, language: Language) -> str:
    """102/09/25 16:30 / 2013-09-25 16:30, in Taiwan's time."""
    local = moment.astimezone(TAIWAN)
    return f"{short_day_text(local.date(), language)} {local:%H:%M}"


def age_text(day: date, today: date, language: Language) -> str:
    """How long ago `day` was: in days up to two months, then in months, then in years."""
    days = (today - day).days
    if days <= 0:
        return say(language, "today")
    if days <= 60:
        shown = number_text(days)
        return say_of(language, days, "{count} day ago", "{count} days ago", count=shown)
    if days < 2 * 365:
        return say(language, "{count} months ago", count=number_text(days // 30))
    return say(language, "{count} years ago", count=number_text(days // 365))
