"""Text of a cell -> value: each written form, what is refused, and why."""

import random
from datetime import date, timedelta

import pyarrow as pa
import pytest

from etl.validation import values, vectorized
from etl.validation.days import day, month
from etl.validation.values import BadValue
from etl.validation.vocabularies import (
    CARD,
    END_REASON,
    MAIL_RESULT,
    ORG_TYPE,
    SECTOR,
    SIDE,
    Vocabulary,
)

D = date(2013, 9, 24)


@pytest.mark.parametrize(
    "text",
    [
        "102/9/24",
        "102/09/24",
        "102.09.24",
        "102-09-24",
        "1020924",
        "民國102年9月24日",
        "中華民國 102 年 9 月 24 日",
        "民國102/9/24",
        "102年09月24日",
        "2013-09-24",
        "2013/9/24",
        "2013.9.24",
        "20130924",
        "2013年9月24日",
        "１０２／９／２４",
        "２０１３－０９－２４",
        "  102/9/24\u3000",
        "\ufeff102/9/24",
        "102&#47;9&#47;24",
        "2013-09-24 00:00:00",
        "2013-09-24T00:00:00",
        "2013-09-24 00:00:00.000",
        "2013/9/24 上午 12:00:00",
        "102/9/24 00:00",
    ],
)
def test_a_day_in_each_written_form(text: str) -> None:
    assert day(text) == D


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0920924", date(2003, 9, 24)),
        ("92/9/24", date(2003, 9, 24)),
        ("民國1/1/1", date(1912, 1, 1)),  # the first day of 民國1
        ("民國元年1月1日", date(1912, 1, 1)),
        ("200/12/31", date(2111, 12, 31)),  # the last day of 民國200
        ("1912-01-01", date(1912, 1, 1)),
        ("2111-12-31", date(2111, 12, 31)),
        ("101/2/29", date(2012, 2, 29)),  # a leap day
    ],
)
def test_days_at_the_boundaries(text: str, expected: date) -> None:
    assert day(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("102/2/29", "impossible_date"),  # no leap year
        ("102/13/1", "impossible_date"),
        ("102/9/31", "impossible_date"),
        ("102/0/1", "impossible_date"),
        ("0/13/1", "impossible_date"),
        ("0/1/1", "ambiguous_date"),
        ("201/1/1", "impossible_date"),
        ("1911-12-31", "impossible_date"),
        ("2112-01-01", "impossible_date"),
        ("民國2013年9月24日", "impossible_date"),  # an era and a Gregorian year
        ("0102/9/24", "impossible_date"),
        ("102/9/24 24:00", "impossible_date"),
        ("990924", "ambiguous_date"),  # 民國99, or 1999
        ("2013-09-23T16:00:00Z", "ambiguous_date"),  # the 24th in Taipei
        ("2013-09-24T00:00:00+08:00", "ambiguous_date"),
        ("102/9-24", "bad_date"),
        ("24/9/2013", "ambiguous_date"),
        ("9/24/2013", "ambiguous_date"),
        ("41541", "bad_date"),  # what a spreadsheet counts
        ("102/9", "bad_date"),
        ("102年9月", "bad_date"),
        ("九月", "bad_date"),
        ("102/9/24 或 25", "bad_date"),
        ("-102/9/24", "bad_date"),
    ],
)
def test_what_is_no_day_or_could_be_two_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadValue) as refused:
        day(text)
    assert refused.value.code == code


def test_roc_days_round_trip() -> None:
    first, last = date(1912, 1, 1), date(2111, 12, 31)
    for number in range(0, (last - first).days + 1, 37):
        d = first + timedelta(number)
        roc = f"{d.year - 1911:03}"  # with fewer digits only 92 to 99 are ROC years
        forms = [
            f"{roc}/{d.month}/{d.day}",
            f"{roc}.{d.month:02}.{d.day:02}",
            f"{roc}-{d.month:02}-{d.day:02}",
            f"{roc}{d.month:02}{d.day:02}",
            f"民國{roc}年{d.month}月{d.day}日",
            d.isoformat(),
            f"{d:%Y/%m/%d}",
            f"{d:%Y%m%d}",
        ]
        assert {day(form) for form in forms} == {d}


@pytest.mark.parametrize(
    "text", ["2013-08", "2013/8", "102/8", "10208", "201308", "102年8月", "民國102年08月"]
)
def test_a_month_in_each_written_form(text: str) -> None:
    assert month(text) == date(2013, 8, 1)


def test_a_month_may_be_its_first_day_and_no_other() -> None:
    assert month("2013-08-01") == month("1020801") == date(2013, 8, 1)
    with pytest.raises(BadValue, match="not_a_month"):
        month("2013-08-31")


@pytest.mark.parametrize("text", ["102/13", "10200", "201/1", "9208", "2013", "八月", ""])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        month(text)


def plain_checksum(number: str, divisor: int) -> bool:
    """The rule as the tax office writes it, kept apart from the product's code on purpose."""
    total = 0
    for digit, weight in zip(number, [1, 2, 1, 2, 1, 2, 4, 1], strict=True):
        total += sum(int(d) for d in str(int(digit) * weight))
    return total % divisor == 0 or (number[6] == "7" and (total + 1) % divisor == 0)


def test_the_checksum_agrees_with_a_plain_computation() -> None:
    rng = random.Random(102)
    numbers = [f"{rng.randrange(10**8):08}" for _ in range(5000)]
    numbers += [n[:6] + "7" + n[7] for n in numbers[:2000]]
    expected = [plain_checksum(number, 5) for number in numbers]
    assert [values.is_likely_holder_id(number) for number in numbers] == expected
    assert vectorized.is_likely_holder_id(pa.array(numbers)).to_pylist() == expected


def test_every_number_of_the_older_rule_passes() -> None:
    rng = random.Random(5)
    numbers = [f"{rng.randrange(10**8):08}" for _ in range(5000)]
    old = [number for number in numbers if plain_checksum(number, 10)]
    assert old
    assert all(values.is_likely_holder_id(number) for number in old)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("04595257", "04595257"),
        ("０４５９５２５７", "04595257"),
        (" 0459 5257 ", "04595257"),
        ("12345675.0", "12345675"),  # a number, said a spreadsheet
        ("4595257", "04595257"),  # it lost the zero; with it the checksum is right
        ("4595257.0", "04595257"),
        ("12345678", "12345678"),  # fails the checksum: kept, and flagged by the feed's rule
    ],
)
def test_a_holder_id_is_eight_digits(text: str, expected: str) -> None:
    assert values.holder_id(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4595258", "short_holder_id"),  # a zero before it does not make it right
        ("123456", "bad_holder_id"),
        ("123456789", "bad_holder_id"),
        ("1234567A", "bad_holder_id"),
        ("A123456789", "bad_holder_id"),
    ],
)
def test_what_is_no_holder_id_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadValue) as refused:
        values.holder_id(text)
    assert refused.value.code == code


ALIASES = [
    (vocabulary, alias, word)
    for vocabulary in (ORG_TYPE, CARD, END_REASON, SIDE, SECTOR, MAIL_RESULT)
    for word, others in vocabulary.words.items()
    for alias in (word, *others)
]


@pytest.mark.parametrize(("vocabulary", "alias", "word"), ALIASES)
def test_every_alias(vocabulary: Vocabulary, alias: str, word: str) -> None:
    assert vocabulary(f" {alias.upper()}\u3000") == word


def test_aliases_mean_what_an_office_means() -> None:
    assert [ORG_TYPE(t) for t in ("公司", "行號", "分公司", "其他")] == [
        "company",
        "business",
        "branch",
        "other",
    ]
    assert [CARD(t) for t in ("正卡", "附卡")] == ["primary", "additional"]
    assert [END_REASON(t) for t in ("自行廢止", "逕行廢止", "汰換")] == [
        "by_holder",
        "automatic",
        "replaced",
    ]
    assert [SIDE(t) for t in ("本部暨所屬機關", "其他政府機關及民間機構")] == [
        "ministry",
        "external",
    ]
    assert [MAIL_RESULT(t) for t in ("送達", "退信", "無信箱")] == [
        "delivered",
        "bounced",
        "no_address",
    ]


def test_an_unknown_word_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadValue) as refused:
        CARD("金卡")
    assert (refused.value.code, refused.value.hint) == (
        "unknown_word",
        "「正卡、附卡」其中之一|one of primary, additional",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1,234", 1234), ("１２３４", 1234), ("1234.0", 1234), ("0", 0), ("1,234,567", 1234567)],
)
def test_whole_numbers(text: str, expected: int) -> None:
    assert values.whole_number(text) == expected


@pytest.mark.parametrize("text", ["-1", "1.5", "1,23", "12,3456", "1e3", "一百", "9" * 400])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        values.whole_number(text)


def test_decimals_and_shares() -> None:
    assert [values.decimal(t) for t in ("0.85", "85%", "８５％", "1,000.5")] == [
        0.85,
        0.85,
        0.85,
        1000.5,
    ]


@pytest.mark.parametrize("text", ["臺北市", "台北市", "台北巿", "臺 北 市", "台北"])
def test_a_county_gets_its_official_name(text: str) -> None:
    assert values.county(text) == "臺北市"


def test_an_unknown_county_is_refused_with_the_closest() -> None:
    with pytest.raises(BadValue) as near:
        values.county("臺北縣市")
    assert near.value.code in ("unknown_county", "no_such_county")
    with pytest.raises(BadValue, match="no_such_county"):
        values.county("東京都")


def test_serials_are_kept_as_written() -> None:
    assert [values.serial(t) for t in ("S000000001", " 00A1 ", "12345678.0", "ＡＢ１")] == [
        "S000000001",
        "00A1",
        "12345678",
        "AB1",
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [("1.23E+15", "mangled_serial"), ("A B", "bad_serial"), ("序號", "bad_serial")],
)
def test_what_is_no_serial_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadValue, match=code):
        values.serial(text)


def test_a_whole_column_is_settled_as_the_plain_functions_would() -> None:
    texts = ["04595257", "4595257", "S1", "NULL", "-", "", " S1", "1.0", None, "Ａ１", "x" * 65]
    serials = vectorized.plain_serials(pa.array(texts)).to_pylist()
    assert serials == ["04595257", "4595257", "S1", *[None] * 8]
    ids = vectorized.plain_holder_ids(pa.array(texts)).to_pylist()
    assert ids == ["04595257", *[None] * 10]
    assert vectorized.plain_holder_ids(pa.array(["統一編號", "一二"])).to_pylist() == [None, None]


@pytest.mark.parametrize(
    "text", ["45", "45天", "到期前45天", "到期前1.5個月", "45.0", "1.5 months before"]
)
def test_a_stage_by_number_or_name(text: str) -> None:
    assert values.stage(text) == 45


def test_an_unknown_stage_is_refused() -> None:
    with pytest.raises(BadValue, match="unknown_stage"):
        values.stage("60")


@pytest.mark.parametrize("text", ["", " ", "\u3000", "-", "NULL", "n/a", "\ufeff", "&nbsp;"])
def test_ways_to_write_nothing(text: str) -> None:
    assert values.is_empty(text)


def test_a_name_stays_as_written_but_is_no_address() -> None:
    assert values.name(" 甲（股）公司&amp;乙 ") == "甲（股）公司&乙"
    with pytest.raises(BadValue, match="looks_personal"):
        values.name("聯絡 wang@example.com")
