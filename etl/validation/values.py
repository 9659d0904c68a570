"""One value: a piece of text from a file -> what the records hold. Days are in days.py.

Every function takes the text of one cell that is not empty and either returns the value or raises
BadValue. Nothing is guessed: what could mean two things is refused.
"""

import html
import math
import re
import unicodedata
from contextlib import suppress

import re2

from adoption import places
from adoption.policy import STAGES

MOST_STAGE = 40  # signs
# Also the signs that turn the direction of writing: what follows them would read otherwise.
_INVISIBLE = dict.fromkeys(
    map(
        ord,
        "\ufeff\u200b\u200e\u200f\x00\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    )
)
# No value is longer: more of a cell is not even normalised, which can take a square of its length.
MOST_SIGNS = 1_000
MOST_NAME_SIGNS = 200
# Marks on one sign; the longest of any writing system are a third of it.
_MOST_MARKS = 30
_MARKS = re2.compile(rf"\p{{M}}{{{_MOST_MARKS + 1}}}")
_AS_TEXT = re.compile(r"=\"([^\"]*)\"")
_EMPTY = {"", "-", "--", "null", "n/a", "nan", "none"}
_HOLDER_ID_WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)
_HEX_PAIRS = re.compile(r"[0-9A-Fa-f]{2}(\s+[0-9A-Fa-f]{2}){1,20}")
# What is no name and no code, whatever else it may be.
_DAY = re.compile(
    r"(民國 ?)?\d{2,4}(([/.-])\d{1,2}\3\d{1,2}|年 ?\d{1,2} ?月 ?\d{1,2} ?[日號])( \d{1,2}:[\d:.]+)?"
)
_BETWEEN_SIGNS = re.compile(r"(?<=[^\x00-\x7f]) *[\r\n]+ *(?=[^\x00-\x7f])")
_SPACE = re.compile(r" *[\r\n]+ *")
_HOLDER_KEY = re.compile(r"key:[0-9a-f]{32}")
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
# Of RE2, as in Arrow: in time that grows with the text and not with its square.
EMAIL = re2.compile(r"[^\s@＠,;<>\"'()]+[@＠][^\s@＠,;<>\"'()]+[.．][A-Za-z]{2,}")


class BadValue(ValueError):  # noqa: N818 (it is the value that is bad)
    """The text is no such value; `code` is in reasons.py, `hint` what may have been meant."""

    def __init__(self, code: str, hint: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.hint = hint


def fold(text: str) -> str:
    """Half-width, without what cannot be seen, entities resolved, no space around it.

    Raises BadValue for a text that is longer than any value, or has more marks than any sign.
    """
    if len(text) > MOST_SIGNS:
        raise BadValue("too_long", f"{MOST_SIGNS:,}")
    if "&" in text:
        text = html.unescape(text)
    text = text.translate(_INVISIBLE)
    if not text.isascii():
        _refuse_marks(text)
        text = unicodedata.normalize("NFKC", text)
    return _unmarked(text.strip())


def _unmarked(text: str) -> str:
    """Without what marks a cell as text for Excel: ="04595257", '04595257."""
    if text[:1] not in ("=", "'"):
        return text
    marked = _AS_TEXT.fullmatch(text)
    return marked[1].strip() if marked else text.removeprefix("'").strip()


def nfkc(text: str) -> str:
    """Half-width, whatever its length; as it is where it has more marks than any sign, as that
    would take a square of their number."""
    with suppress(BadValue):
        _refuse_marks(text)
        return unicodedata.normalize("NFKC", text)
    return text


def _refuse_marks(text: str) -> None:
    if len(text) > _MOST_MARKS and _MARKS.search(text):
        raise BadValue("unreadable_value")


def is_empty(text: str) -> bool:
    """Whether the cell holds nothing, or one of the ways in which programs write nothing."""
    try:
        return fold(text).casefold() in _EMPTY
    except BadValue:  # too much of it
        return False


def name(text: str) -> str:
    """A name, as written: full-width signs may belong to it, a line break in its cell does not. An
    e-mail address is no name, nor is a day: the cells of its row stand one place off."""
    folded = fold(text)
    cleaned = html.unescape(text).translate(_INVISIBLE).strip()
    cleaned = _SPACE.sub(" ", _BETWEEN_SIGNS.sub("", cleaned))
    if len(cleaned) > MOST_NAME_SIGNS:
        raise BadValue("too_long", f"{MOST_NAME_SIGNS}")
    # Looking for the sign first: the pattern alone takes a square of a long word's length.
    if ("@" in folded or "＠" in folded) and EMAIL.search(folded):
        raise BadValue("looks_personal")
    if _DAY.fullmatch(folded):
        raise BadValue("day_as_name")
    return cleaned


def code(text: str) -> str:
    """A short identifier such as a unit's code: one word."""
    folded = fold(text)
    is_day = _DAY.fullmatch(folded) and re.match(r"\d{3}|.*[/年]", folded)
    if is_day or not re.fullmatch(r"[\w.:/-]{1,64}", folded):
        raise BadValue("bad_code")
    return folded


def serial(text: str) -> str:
    """A certificate's serial number: letters, digits, - : _ ; as written, leading zeros are real.

    12345678.0 is what Excel made of 12345678; 1.23E+15 has lost digits and is refused.
    """
    folded = fold(text)
    if re.fullmatch(r"\d{1,15}\.0+", folded):
        folded = folded.split(".")[0]
    if re.fullmatch(r"\d+(\.\d+)?[Ee]\+\d+", folded):
        raise BadValue("mangled_serial")
    if re.fullmatch(r"\d{3,4}-\d{1,2}-\d{1,2}", folded):  # a day
        raise BadValue("bad_serial")
    if _HEX_PAIRS.fullmatch(folded):
        folded = re.sub(r"\s+", " ", folded)
    elif not re.fullmatch(r"[0-9A-Za-z:_-]{1,64}", folded):
        raise BadValue("bad_serial")
    return folded


def is_likely_holder_id(holder_id: str) -> bool:
    """Whether eight digits satisfy the checksum of 統一編號 as it is since 2023-04-01.

    The sum of the products' digits is divisible by 5, or one higher when the seventh digit is 7.
    Every number that the older rule (by 10) accepts passes as well.
    """
    products = [
        int(digit) * weight for digit, weight in zip(holder_id, _HOLDER_ID_WEIGHTS, strict=True)
    ]
    total = sum(product // 10 + product % 10 for product in products)
    return total % 5 == 0 or (holder_id[6] == "7" and (total + 1) % 5 == 0)


def holder_id(text: str) -> str:
    """統一編號 as eight digits. An unlikely one is returned: it is flagged, never dropped.

    The key that a profile makes of other columns is one as well (etl/mapping/holder_key.py).
    Excel turns 01234567 into 1234567 or 1234567.0; the zero comes back when the checksum agrees.
    """
    if _HOLDER_KEY.fullmatch(text):
        return text
    digits = re.sub(r"[\s-]", "", fold(text))
    digits = re.sub(r"\.0+$", "", digits)
    if not re.fullmatch(r"[0-9]{7,8}", digits):
        raise BadValue("bad_holder_id")
    if len(digits) == 7:
        if not is_likely_holder_id("0" + digits):
            raise BadValue("short_holder_id")
        digits = "0" + digits
    return digits


def whole_number(text: str) -> int:
    """Zero or more, with or without thousands separators; 12.0 is 12."""
    number = decimal(text)
    if number < 0 or number != int(number) or number > 2**53:
        raise BadValue("bad_whole_number")
    return int(number)


def decimal(text: str) -> float:
    """A number with or without thousands separators and decimals; 85% is 0.85."""
    folded = fold(text).replace(" ", "")
    digits = folded.removesuffix("%")
    if not _NUMBER.fullmatch(digits):
        raise BadValue("bad_number")
    number = float(digits.replace(",", ""))
    if not math.isfinite(number):
        raise BadValue("bad_number")
    return number / 100 if folded.endswith("%") else number


def county(text: str) -> str:
    """The official name of a county, whichever way it is written."""
    folded = re.sub(r"\s", "", fold(text))
    official = places.official_name(folded)
    if official is None:
        closest = places.closest_name(folded)
        raise BadValue("unknown_county", closest) if closest else BadValue("no_such_county")
    return official


def _bare_stage(text: str) -> str:
    """What tells stages apart: 1.5個月 of 到期前1.5個月, 45 of D-45 and 45 days before."""
    folded = re.sub(r"\s", "", fold(text)).casefold()
    folded = re.sub(r"^(效期|憑證)?(距|離)?(到期|屆期|期滿|屆滿)日?之?前|^[dt]-(?=\d)", "", folded)
    folded = re.sub(r"之?前?(通知|提醒|寄送|發送)?(信|信件|函)?$|before(expiry)?$", "", folded)
    folded = re.sub(r"^(一|1)個半月", "1.5個月", folded)
    return re.sub(r"(\.0+)?(天|日|days?)$|\.0+$", "", folded)


# In a list that people write, the first mail is 第1次, the second 第2次 ...
_STAGE_DAYS = {
    _bare_stage(written): stage.days
    for number, stage in enumerate(STAGES, 1)
    for written in (
        *(str(stage.days), stage.zh, stage.en, f"mail {number}", f"reminder {number}"),
        *(f"第{n}{kind}" for n in (number, "一二三四五六七八九"[number - 1]) for kind in "次封階"),
    )
}


def stage(text: str) -> int:
    """A reminder stage as days before expiry, by its number of days, its name, or which mail it is:
    45, 1.5個月, 到期前45天, 第1次, 第1次（到期前1.5個月）."""
    if len(text) <= MOST_STAGE:
        named = [_bare_stage(part) for part in re.split(r"[()]", fold(text)) if part.strip()]
        days = {_STAGE_DAYS.get(part) for part in named}
        found = days.pop() if len(days) == 1 else None
        if found is not None:
            return found
    raise BadValue("unknown_stage", "、".join(str(s.days) for s in STAGES))
