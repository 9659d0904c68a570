"""Charts of how often each reminder stage is reached, and what comes of it."""

from adoption.charts import cohorts
from adoption.charts.chart import Chart, Question, chart, nothing
from adoption.charts.codes import stage_name
from adoption.charts.spec import Places, Series, numbers
from adoption.formats import month_text, number_text, share_text
from adoption.policy import STAGE_DAYS


def funnel(question: Question) -> Chart:
    """Certificates that reached each stage, by what came of them up to the next one."""
    key = "reminder_conversion"
    rows = question.rows("reminder_conversion")
    if not rows["certificates"].any():
        return nothing(question, key)
    told = rows[rows["decided"] > 0]
    says = question.say("No next due day is past yet.")
    if not told.empty:
        best = told.loc[told["renewed_share"].idxmax()]
        says = question.say(
            "Most renew after '{stage}': {share} of those that reached it, before the next due "
            "day.",
            stage=stage_name(int(best["stage"]), question.language),
            share=share_text(best["renewed_share"], 1),
        )
    fates = (
        (question.say("Renewed"), rows["renewed"], "renewed"),
        (question.say("Ended"), rows["ended"], "ended"),
        (question.say("Not renewed"), rows["went_on"], "not_renewed"),
        (question.say("Next due day ahead"), rows["certificates"] - rows["decided"], "open"),
    )
    return chart(
        question,
        key,
        says,
        rows,
        places=Places(
            tuple(stage_name(stage, question.language) for stage in rows["stage"]),
            notes=tuple(_fates(question, row) for row in rows.to_dict("records")),
        ),
        series=tuple(Series(name, numbers(counts), meaning) for name, counts, meaning in fates),
        value_title=question.column(key, "certificates"),
        is_stacked=True,
        lies=True,
    )


def _fates(question: Question, row: dict[str, float]) -> str:
    return question.say(
        "{count} reached, {renewed} renewed",
        count=number_text(row["certificates"]),
        renewed=share_text(row["renewed"], row["decided"]),
    )


def by_month(question: Question) -> Chart:
    """Stages reached by expiry month, the months whose due days are not all past marked."""
    key = "reminder_stages_by_month"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    shown = cohorts.latest(rows)
    wide = shown.pivot(index="expiry_month", columns="stage", values="certificates")
    complete = cohorts.complete(question, wide.index)
    says = question.say("No expiry month is complete yet.")
    if complete.any():
        latest = wide[complete].iloc[-1].fillna(0)
        says = question.say(
            "Of those that expire in {month}, the latest complete month, {first} reached the first "
            "mail and {last} the last.",
            month=month_text(latest.name, question.language),
            first=number_text(latest.get(STAGE_DAYS[0], 0)),
            last=number_text(latest.get(STAGE_DAYS[-1], 0)),
        )
    return chart(
        question,
        key,
        says,
        rows,
        kind="line",
        places=cohorts.places(question, key, wide.index),
        series=tuple(
            Series(
                stage_name(stage, question.language),
                numbers(wide[stage]),
                f"mail_{stage}",
                symbol="circle",
            )
            for stage in STAGE_DAYS
            if stage in wide
        ),
        value_title=question.column(key, "certificates"),
    )
