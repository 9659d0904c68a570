"""True records of every feed, all of them possible: what an office knows before it writes."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from adoption.store.schema import UNSTATED
from etl.validation.values import is_likely_holder_id

Value = str | int | float | date | None
Record = dict[str, Value]

TODAY = date(2013, 10, 1)
_COUNTIES = ("臺北市", "新北市", "桃園縣", "臺中市", "臺南市", "高雄市", "新竹市", "連江縣")
_TYPES = ("company", "company", "business", "branch", "other")
_UNITS = "經濟部商業司、經濟部工業局、台灣自來水公司、財政部財稅資料中心、行政院勞委會、中華電信、"
_UNITS += (
    "臺北市政府、智慧財產局、行政院衛生署、中小企業處、標準檢驗局、國際貿易局、喆友電子、交通部"
)
_SYSTEMS = (
    "公文交換服務系統、公司登記線上申辦系統、電子帳單服務系統、電子發票整合服務平台、勞保局e化服務"
)
_SYSTEMS += "、藥品物料聯購網、商標電子申請、1999市民專線、ECFA系統、工廠登記（線上）申辦、採購網"


def _day(rng: Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randint(0, max(0, (last - first).days)))


def _maybe(rng: Random, share: float, make: Callable[[], Value]) -> Value:
    return make() if rng.random() < share else None


def five_years_after(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 5, day=28 if leap else day.day)


def serials(rng: Random, count: int) -> list[str]:
    """Of one kind: with letters before digits, hexadecimal, or digits, some with leading zeros."""
    kind = rng.choice(("letters", "letters", "hex", "wide", "digits", "zeros"))
    digits, start = {"wide": 16, "digits": 12}.get(kind, 8), rng.randint(1, 9)
    made: set[str] = set()
    while len(made) < count:
        match kind:
            case "letters":
                made.add(f"TP{rng.randrange(10**7):07}")
            case "hex":
                made.add("A1" + "".join(rng.choices("0123456789ABCDEF", k=8)))
            case "zeros":
                made.add(f"{rng.randrange(10**8):08}")
            case _:
                made.add(f"{start}{rng.randrange(10 ** (digits - 1)):0{digits - 1}}")
    return rng.sample(sorted(made), count)


def _holder_id(rng: Random) -> str:
    while True:
        found = f"{rng.randrange(10 ** rng.choice((7, 8, 8))):08}"
        if is_likely_holder_id(found) and len(set(found)) > 1:
            return found


def certificates(rng: Random, count: int) -> list[Record]:
    found: list[Record] = []
    known = serials(rng, count)
    for place, serial in enumerate(known):
        issued = _day(rng, date(2003, 5, 1), date(2013, 9, 20))
        expires = five_years_after(issued)
        ended = _maybe(rng, 0.2, lambda i=issued, e=expires: _day(rng, i, min(e, TODAY)))
        found.append(
            {
                "serial": serial,
                "holder_id": _holder_id(rng),
                "org_type": rng.choice(_TYPES),
                "county": rng.choice(_COUNTIES),
                "card": rng.choice(("primary", "primary", "additional")),
                "issued_on": issued,
                "expires_on": expires,
                "ended_on": ended,
                "end_reason": ended and rng.choice(("by_holder", "automatic", "replaced")),
                "renewal_applied_on": _maybe(
                    rng, 0.2, lambda i=issued, e=expires: _day(rng, i, min(e, TODAY))
                ),
                "replaces": known[place - 1] if place and rng.random() < 0.2 else None,
            }
        )
    return found


def suspensions(rng: Random, count: int) -> list[Record]:
    days = {serial: _day(rng, date(2003, 6, 1), date(2013, 9, 1)) for serial in serials(rng, count)}
    return [
        {
            "serial": serial,
            "suspended_on": day,
            "resumed_on": _maybe(rng, 0.6, lambda d=day: _day(rng, d, TODAY)),
        }
        for serial, day in days.items()
    ]


def reminders(rng: Random, count: int) -> list[Record]:
    stages = rng.choice(((45, 30, 15, 1), (45, 30, 15, 1), (1,), (45,)))
    return [
        {
            "serial": serial,
            "stage": rng.choice(stages),
            "sent_on": _day(rng, date(2008, 1, 1), TODAY),
            "result": rng.choice(("delivered", "bounced", "no_address")),
        }
        for serial in serials(rng, count)
    ]


def units(rng: Random, count: int) -> list[Record]:
    names = rng.sample(_UNITS.split("、"), min(count, 14))
    return [
        {
            "unit_code": f"{rng.choice('MX')}{number:02}",
            "name": name,
            "side": rng.choice(("ministry", "external")),
            "sector": rng.choice(("government", "private")),
            "valid_from": _maybe(rng, 0.5, lambda: _day(rng, date(2004, 1, 1), TODAY)),
        }
        for number, name in enumerate(names, 1)
    ]


def systems(rng: Random, count: int) -> list[Record]:
    found: list[Record] = []
    for number, name in enumerate(rng.sample(_SYSTEMS.split("、"), min(count, 11)), 1):
        planned = _day(rng, date(2004, 1, 1), date(2011, 1, 1))
        testing = _day(rng, planned, date(2012, 1, 1))
        found.append(
            {
                "system_code": f"S{number:03}",
                "unit_code": f"M{rng.randint(1, 9):02}",
                "name": name,
                "category": rng.choice(("線上申辦", "電子帳單", "採購")),
                "planned_on": planned,
                "testing_on": testing,
                "integrated_on": _maybe(rng, 0.7, lambda t=testing: _day(rng, t, TODAY)),
                "target_on": _maybe(
                    rng, 0.5, lambda: _day(rng, date(2013, 1, 1), date(2015, 1, 1))
                ),
            }
        )
    return found


def entities(rng: Random, count: int) -> list[Record]:
    month = date(rng.randint(2005, 2013), rng.randint(1, 9), 1)
    return [
        {
            "month": month,
            "county": county,
            "org_type": kind,
            "registered": rng.choice((rng.randint(0, 999), rng.randint(1000, 200_000))),
        }
        for county in rng.sample(_COUNTIES, min(8, max(2, count // 3)))
        for kind in ("company", "business", "branch")
    ]


def targets(rng: Random, count: int) -> list[Record]:
    return [
        {
            "metric": metric,
            "scope": scope,
            "due_on": _day(rng, date(2013, 1, 1), date(2015, 12, 31)),
            "value": rng.choice((rng.randint(10, 200_000), 0.85)),
        }
        for metric in rng.sample(("integration_totals", "valid_totals", "adoption_rate"), 2)
        for scope in ("ministry", "臺北市", "company", "external")
    ]


MAKE: dict[str, Callable[[Random, int], list[Record]]] = {
    "certificates": certificates,
    "suspensions": suspensions,
    "reminders": reminders,
    "units": units,
    "systems": systems,
    "entities": entities,
    "targets": targets,
}
# What a column that a file lacks, or an empty cell, is kept as.
DEFAULTS: dict[str, Value] = {
    **dict.fromkeys(("org_type", "county", "card"), UNSTATED),
    "scope": "",
}
