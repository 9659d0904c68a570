"""Charts of how the reminder journeys went, and how renewals come in around the expiry."""

from adoption.charts import cohorts
from adoption.charts.chart import Chart, Question, chart, nothing
from adoption.charts.spec import Mark, Places, Series, numbers
from adoption.formats import month_text, number_text, share_text
from adoption.metrics.rules import OUTCOMES
from adoption.policy import STAGE_DAYS


def outcomes(question: Question) -> Chart:
    """What came of the journeys, each certificate once; the shares shown add up to 100.0 %."""
    key = "reminder_outcomes"
    rows = question.rows("reminder_outcomes")
    if rows.empty:
        return nothing(question, key)
    drawn = rows.set_index("outcome").reindex(OUTCOMES, fill_value=0)
    share = question.say("Share of certificates")
    sentence = question.say(
        "{before} renewed before the first mail fell due, {after} after one of the four; {lapsed} "
        "lapsed.",
        before=share_text(drawn["share"]["before_first"], 1),
        after=share_text(drawn["share"][[f"after_{stage}" for stage in STAGE_DAYS]].sum(), 1),
        lapsed=share_text(drawn["share"]["lapsed"], 1),
    )
    return chart(
        question,
        key,
        sentence,
        rows,
        places=Places(tuple(map(question.name, OUTCOMES))),
        series=(
            Series(
                share,
                numbers(drawn["share"]),
                "before_first",
                meanings=OUTCOMES,
                suffixes=tuple(
                    question.say(" ({count})", count=number_text(count))
                    for count in drawn["certificates"]
                ),
            ),
        ),
        value_title=share,
        is_share=True,
        lies=True,
    )


def by_month(question: Question) -> Chart:
    """Outcomes of each expiry month as shares of its certificates, the last three years."""
    key = "reminder_journey"
    title = question.say("Outcomes by expiry month")
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key, title)
    shown = cohorts.latest(rows)
    wide = shown.pivot_table(
        index="expiry_month", columns="outcome", values="certificates", fill_value=0
    ).reindex(columns=OUTCOMES, fill_value=0)
    shares = wide.div(wide.sum(axis="columns"), axis="rows")
    complete = cohorts.complete(question, shares.index)
    says = question.say("No expiry month is complete yet.")
    if complete.any():
        latest = shares[complete].iloc[-1]
        says = question.say(
            "Of those that expired in {month}, the latest complete month, {lapsed} lapsed.",
            month=month_text(latest.name, question.language),
            lapsed=share_text(latest["lapsed"], 1),
        )
    return chart(
        question,
        key,
        says,
        shown,
        title,
        places=cohorts.places(question, key, shares.index),
        series=tuple(
            Series(question.name(outcome), numbers(shares[outcome]), outcome)
            for outcome in OUTCOMES
        ),
        value_title=question.say("Share of certificates"),
        is_share=True,
        is_stacked=True,
    )


def survival(question: Question) -> Chart:
    """Share not yet renewed by days to expiry, with the four mails marked."""
    key = "renewal_survival"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    rows = rows.sort_values("days_to_expiry", ascending=False)
    left = rows.set_index("days_to_expiry")["to_renew_share"]
    mails = [Mark(float(stage), number) for number, stage in zip("①②③④", STAGE_DAYS, strict=True)]
    sentence = question.say(
        "{before} are not yet renewed when the first mail falls due, {expiry} when they expire.",
        before=share_text(left[STAGE_DAYS[0]], 1),
        expiry=share_text(left[0], 1),
    )
    return chart(
        question,
        key,
        sentence,
        rows,
        kind="area",
        places=Places(
            numbers(rows["days_to_expiry"]),  # type: ignore[arg-type]
            "number",
            question.say("Days to expiry (①–④: the mails)"),
        ),
        # Upwards: who is still to renew at the foot.
        series=tuple(
            Series(question.column(key, f"{name}_share"), numbers(rows[f"{name}_share"]), meaning)
            for name, meaning in (
                ("to_renew", "not_renewed"),
                ("ended", "ended"),
                ("renewed", "renewed"),
            )
        ),
        value_title=question.say("Share of certificates"),
        is_share=True,
        is_stacked=True,
        marks=(*mails, Mark(0.0)),
    )
