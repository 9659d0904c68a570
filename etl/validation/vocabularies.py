"""The few words that a column of categories may hold, and how else files say them."""

import difflib
import re
from dataclasses import dataclass

from etl.validation.values import BadValue, code, fold

_NEARNESS = 0.5


def _nearness(text: str, other: str) -> float:
    least = _NEARNESS * (len(text) + len(other)) / 2
    if min(len(text), len(other)) < least or sum(sign in other for sign in text) < least:
        return 0.0  # cannot be near: quickly told
    return difflib.SequenceMatcher(None, text, other).ratio()


def listed(words: str) -> tuple[str, ...]:
    """甲、乙、丙 as three words."""
    return tuple(words.split("、"))


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]", "", fold(text)).casefold()


@dataclass(frozen=True)
class Vocabulary:
    """Calling it with a text gives the word of the records, or raises BadValue."""

    # Word of the records -> how else it is written, what a sentence in Chinese says first.
    words: dict[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        known = {
            _plain(written): word
            for word, others in self.words.items()
            for written in (word, *others)
        }
        object.__setattr__(self, "_known", known)

    def __call__(self, text: str) -> str:
        known: dict[str, str] = self.__dict__["_known"]
        word = known.get(_plain(text))
        if word is None:
            raise BadValue("unknown_word", self._hint(_plain(text)))
        return word

    def _hint(self, plain: str) -> str:
        """The closest word, if one is near, and all that there are; in both languages."""
        known: dict[str, str] = self.__dict__["_known"]
        zh, en = "、".join(words[0] for words in self.words.values()), ", ".join(self.words)
        near = dict.fromkeys(self.words, 0.0)
        for written, word in known.items():
            near[word] = max(near[word], _nearness(plain, written))
        word = max(near, key=lambda each: near[each])
        if near[word] < _NEARNESS or list(near.values()).count(near[word]) > 1:
            return f"「{zh}」其中之一|one of {en}"
        zh = f"最接近的「{self.words[word][0]}」，或「{zh}」其中之一"
        return f"{zh}|{word}, the closest, or one of {en}"


ORG_TYPE = Vocabulary(
    {
        "company": listed(
            "公司、本公司、公司組織、有限公司、股份有限公司、無限公司、兩合公司、法人公司"
        ),
        "business": listed(
            "商業、商號、行號、獨資、合夥、獨資合夥、獨資/合夥、商業組織、商業行號、獨資商號、"
            "合夥商號、商業/行號"
        ),
        "branch": listed(
            "分公司、分支機構、分商號、公司分公司、公司分支機構、商業分支機構、外國公司分公司、"
            "分公司/分商號"
        ),
        "other": ("其他", "其它", "其他組織", "其他類"),
    }
)
CARD = Vocabulary(
    {"primary": ("正卡", "正", "主卡"), "additional": ("附卡", "附", "附加卡", "副卡")}
)
END_REASON = Vocabulary(
    {
        "by_holder": listed(
            "申請廢止、自行廢止、自行申請廢止、用戶申請廢止、持有者申請廢止、主動申請廢止、"
            "By the holder"
        ),
        "automatic": listed(
            "自動廢止、逕行廢止、主動廢止、系統廢止、系統自動廢止、名稱變更、統一編號變更、解散、"
            "公司解散、歇業"
        ),
        "replaced": ("換發", "汰換", "換卡", "換發廢止", "換發新卡"),
    }
)
SIDE = Vocabulary(
    {
        "ministry": listed(
            "本部暨所屬機關、本部及所屬機關、本部暨所屬、本部及所屬、本部、部內、所屬機關、"
            "Ministry and its agencies"
        ),
        "external": listed(
            "其他政府機關及民間機構、其他政府機關暨民間機構、其他機關、外部、部外、"
            "Other agencies and private bodies"
        ),
    }
)
SECTOR = Vocabulary(
    {
        "government": ("政府機關", "政府", "公部門"),
        "private": ("民間機構", "民間", "民營", "私部門"),
    }
)
MAIL_RESULT = Vocabulary(
    {
        "delivered": listed(
            "送達、已送達、成功、寄送成功、送達成功、寄達、已寄達、發送成功、投遞成功"
        ),
        "bounced": listed("退信、退回、被退信、寄送失敗、發送失敗、投遞失敗、未送達、失敗、failed"),
        "no_address": listed(
            "無信箱、無電子郵件、無電子信箱、未留信箱、未留電子郵件、未填信箱、無email、無電郵、"
            "no e-mail"
        ),
    }
)

_NAMED_SOURCES = {
    **dict.fromkeys(("示範資料", "sample"), "sample"),
    **dict.fromkeys(("說明會簡報", "briefing"), "briefing"),
    **dict.fromkeys(("載入的檔案", "file"), "file"),
}


def provenance(text: str) -> str:
    """Where a record is from: sample, briefing, or any other word of a file's own."""
    return _NAMED_SOURCES.get(fold(text).casefold()) or code(text)
