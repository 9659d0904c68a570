"""What expires in the months ahead, and how much of it is still to renew."""

from adoption.briefing.asked import Asked
from adoption.briefing.content import Fact, Slide
from adoption.briefing.slides.nothing import nothing
from adoption.charts import expiry
from adoption.formats import number_text
from adoption.metrics import DAYS_AHEAD

QUARTER = 90


def expiries(asked: Asked) -> Slide:
    key, metric = "expiries", "expiring_by_month"
    rows = asked.rows(metric)
    if rows.empty:
        return nothing(asked, key, asked.say("Expiries ahead"))
    chart = expiry.by_month(asked).spec
    soon = int(_soon(asked, DAYS_AHEAD)["to_renew"])
    return Slide(
        key,
        asked.say_of(
            soon,
            "{to_renew} certificate is to be renewed in {days} days",
            "{to_renew} certificates are to be renewed in {days} days",
            to_renew=number_text(soon),
            days=str(DAYS_AHEAD),
        ),
        facts=(
            *(_fact(asked, days) for days in (DAYS_AHEAD, QUARTER)),
            Fact(
                asked.say("Expiring in 24 months"),
                number_text(rows["expiring"].sum()),
                _of_them(asked, rows["to_renew"].sum()),
            ),
        ),
        charts=(chart,),
        notes=(expiry.next_45_days(asked).says, chart.says),
    )


def _soon(asked: Asked, days: int) -> dict[str, int]:
    return dict(asked.rows("expiring_totals", asked.looking(days)).iloc[0])


def _fact(asked: Asked, days: int) -> Fact:
    soon = _soon(asked, days)
    return Fact(
        asked.say("Expiring in {days} days", days=str(days)),
        number_text(soon["expiring"]),
        _of_them(asked, soon["to_renew"]),
    )


def _of_them(asked: Asked, to_renew: int) -> str:
    return asked.say("of them still to renew: {to_renew}", to_renew=number_text(to_renew))
