"""Days: all of 民國 1-200 in eight written forms, and damaged ones against another reading."""

import random
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby, product

from etl.validation.days import FIRST_YEAR, LAST_YEAR, day
from etl.validation.values import BadValue
from tests.soak.size import many

DAMAGED = many(10_000, 1_000_000, "SOAK_DAYS")
FIRST, LAST = date(1912, 1, 1), date(2111, 12, 31)
DAYS = (LAST - FIRST).days + 1


def eight_forms(d: date) -> list[str]:
    roc = f"{d.year - 1911:03}"  # with fewer digits only 92 to 99 are ROC years
    return [
        f"{roc}/{d.month}/{d.day}",
        f"{roc}.{d.month:02}.{d.day:02}",
        f"{roc}-{d.month:02}-{d.day:02}",
        f"{roc}{d.month:02}{d.day:02}",
        f"民國{roc}年{d.month}月{d.day}日",
        d.isoformat(),
        f"{d:%Y/%m/%d}",
        f"{d:%Y%m%d}",
    ]


def test_every_day_of_two_hundred_years_in_eight_forms() -> None:
    assert DAYS == 73_049
    for number in range(DAYS):
        d = FIRST + timedelta(number)
        for form in eight_forms(d):
            assert day(form) == d


def every_form(d: date) -> Iterator[str]:
    """All ways to write `d` that validation/days.py promises, made from the day."""
    roc = d.year - 1911
    months, days = {str(d.month), f"{d.month:02}"}, {str(d.day), f"{d.day:02}"}
    for era in ("", "民國", "中華民國"):
        years = {str(roc), f"{roc:02}", f"{roc:03}"}
        gregorian = set() if era else {str(d.year)}
        if not era and not 92 <= roc <= 99:
            years = {year for year in years if len(year) > 2}  # no other can be told from a month
        with_words = years | ({"元"} if roc == 1 else set())
        for year, month, number in product(years | gregorian, months, days):
            for sign in "/.-":
                yield f"{era}{year}{sign}{month}{sign}{number}"
        for year, month, number, last in product(with_words | gregorian, months, days, "日號"):
            yield f"{era}{year}年{month}月{number}{last}"
        for year in {f"{roc:03}"} | gregorian:
            yield f"{era}{year}{d.month:02}{d.day:02}"


def what_it_says(text: str) -> date | None:
    """The day of which `text` is a written form, found by writing out that day; None: of none."""
    # A quotation mark before it is how Excel keeps it as text.
    plain = "".join(unicodedata.normalize("NFKC", text).split()).removeprefix("'")
    runs = ["".join(run) for is_digit, run in groupby(plain, str.isdigit) if is_digit]
    if "元" in plain:
        runs.insert(0, "1")
    if len(runs) == 1 and len(runs[0]) >= 7:
        runs = [runs[0][:-4], runs[0][-4:-2], runs[0][-2:]]
    if len(runs) != 3 or any(len(run) > 4 for run in runs):
        return None
    year, month, number = map(int, runs)
    for candidate in (year, year + 1911):
        if not FIRST_YEAR <= candidate <= LAST_YEAR:
            continue
        try:
            d = date(candidate, month, number)
        except ValueError:
            continue
        if plain in set(every_form(d)):
            return d
    return None


SIGNS = "0123456789０１９/.-／．－年月日號民國中華元上午 \u3000'\"xX一二十,"


def damaged(rng: random.Random) -> str:
    """A written form of some day with one to three cuts, slips and strokes too many."""
    text = rng.choice(eight_forms(FIRST + timedelta(rng.randrange(DAYS))))
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(len(text) + 1)
        match rng.randrange(6):
            case 0:
                text = text[:place] + text[place + 1 :]
            case 1:
                text = text[:place] + rng.choice(SIGNS) + text[place:]
            case 2:
                text = text[:place] + rng.choice(SIGNS) + text[place + 1 :]
            case 3:
                text = text[:place] + text[place : place + 2][::-1] + text[place + 2 :]
            case 4:
                text = text[:place]
            case _:
                text = text[:place] + text[max(0, place - 1) :]
    return text


def test_damaged_days_are_refused_or_read_as_what_they_are() -> None:
    rng = random.Random(10209)
    read = refused = 0
    for _ in range(DAMAGED):
        text = damaged(rng)
        try:
            found = day(text)
        except BadValue:
            assert what_it_says(text) is None, text
            refused += 1
        else:
            assert found == what_it_says(text), text
            read += 1
    print(f"\ndamaged days: {read} are days as they stand, {refused} refused")
    assert refused > DAMAGED / 4
    assert read > DAMAGED / 20


def test_the_other_reading_reads() -> None:
    d = date(2013, 9, 24)
    assert [what_it_says(form) for form in eight_forms(d)] == [d] * 8
    assert what_it_says("民國元年1月1日") == FIRST
    assert [what_it_says(text) for text in ("990924", "102/9", "102/9-24", "201/1/1", "")] == [
        None
    ] * 5
