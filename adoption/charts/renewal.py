"""Charts of how many renew in time, month after month, and how long after the first mail."""

import pandas as pd

from adoption.charts import cohorts
from adoption.charts.chart import Chart, Question, chart, nothing
from adoption.charts.spec import Mark, Places, Series, days, numbers
from adoption.formats import number_text, share_text
from adoption.metrics.renewal import FIRST_STAGE
from adoption.policy import STAGE_DAYS

MONTHS_SHOWN = 48


def rate(question: Question) -> Chart:
    """The renewal rate by expiry month: joined and filled where complete, hollow where not."""
    key = "renewal_rate"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    shown = cohorts.latest(rows, MONTHS_SHOWN)
    return chart(
        question,
        key,
        _rate_sentence(question, rows),
        rows,
        kind="line",
        places=Places(days(shown["expiry_month"]), "month", question.column(key, "expiry_month")),
        series=(
            *_line(question, shown, "rate_with_late", "late_complete", "late"),
            *_line(question, shown, "rate", "complete", "renewed"),
        ),
        value_title=question.say("Share of those due"),
        is_share=True,
    )


def _line(
    question: Question, rows: pd.DataFrame, column: str, complete: str, meaning: str
) -> list[Series]:
    is_late = meaning == "late"
    name = question.say("With late renewals") if is_late else question.say("Renewed in time")
    done, ahead = (rows[column].where(is_so) for is_so in (rows[complete], ~rows[complete]))
    series = [
        Series(name, numbers(done), meaning, symbol="square" if is_late else "circle"),
        Series(
            question.say("{name}, incomplete", name=name),
            numbers(ahead),
            meaning,
            line="none",
            symbol="square-open" if is_late else "circle-open",
        ),
    ]
    return [each for each in series if any(value is not None for value in each.values)]


def _rate_sentence(question: Question, rows: pd.DataFrame) -> str:
    complete = rows[rows["complete"]]
    if complete.empty:
        return question.say("No expiry month is complete yet.")
    year_ago = complete["expiry_month"].iloc[-1] - pd.DateOffset(years=1)
    last_year = complete[complete["expiry_month"] > year_ago]
    before = complete[
        (complete["expiry_month"] <= year_ago)
        & (complete["expiry_month"] > year_ago - pd.DateOffset(years=1))
    ]
    year = share_text(last_year["renewed_in_time"].sum(), last_year["due"].sum())
    if before.empty:
        return question.say(
            "{year} were renewed in time in the latest twelve complete months.", year=year
        )
    return question.say(
        "{year} were renewed in time in the latest twelve complete months, {before} in the twelve "
        "before.",
        year=year,
        before=share_text(before["renewed_in_time"].sum(), before["due"].sum()),
    )


def timing(question: Question) -> Chart:
    """In which week after the first mail they renew, with the days on which mails fall due."""
    key = "renewal_timing"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    shares = rows.set_index("week")["share"]
    sentence = question.say(
        "{before} are renewed by the day on which the first mail is due, {first} in the week after "
        "it.",
        before=share_text(shares[shares.index <= 0].sum(), 1),
        first=share_text(shares.get(1, 0.0), 1),
    )
    *stages, last = STAGE_DAYS
    expiry = question.say("{number}, expiry", number="④")
    return chart(
        question,
        key,
        sentence,
        rows,
        places=Places(
            numbers(7 * rows["week"] - 3),  # type: ignore[arg-type]  # the middle of a week's days
            "number",
            question.say("Days since the first mail was due"),
        ),
        series=(
            Series(
                question.column(key, "share"),
                numbers(rows["share"]),
                "renewed",
                suffixes=tuple(
                    question.say(" ({count})", count=number_text(count))
                    for count in rows["certificates"]
                ),
            ),
        ),
        value_title=question.say("Share of those due"),
        is_share=True,
        marks=(
            *(Mark(float(FIRST_STAGE - s), n) for n, s in zip("①②③", stages, strict=True)),
            Mark(float(FIRST_STAGE - last)),
            Mark(float(FIRST_STAGE), expiry),
        ),
    )
