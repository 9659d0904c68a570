"""The few words that a column of categories may hold, and how else files say them."""

import difflib
import re
from dataclasses import dataclass

from etl.validation.values import BadValue, code, fold

_NEARNESS = 0.5


def _nearness(text: str, other: str) -> float:
    return difflib.SequenceMatcher(None, text[:64], other).ratio()


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
        near = {
            word: max(_nearness(plain, written) for written in known if known[written] == word)
            for word in self.words
        }
        word = max(near, key=lambda each: near[each])
        if near[word] < _NEARNESS or list(near.values()).count(near[word]) > 1:
            return f"「{zh}」其中之一|one of {en}"
        zh = f"最接近的「{self.words[word][0]}」，或「{zh}」其中之一"
        return f"{zh}|{word}, the closest, or one of {en}"


ORG_TYPE = Vocabulary(
    {
        "company": ("公司", "本公司", "公司組織"),
        "business": ("商業", "商號", "行號", "獨資", "合夥", "獨資合夥", "商業組織"),
        "branch": ("分公司", "分支機構", "分商號", "公司分公司"),
        "other": ("其他", "其它"),
    }
)
CARD = Vocabulary({"primary": ("正卡", "正"), "additional": ("附卡", "附")})
END_REASON = Vocabulary(
    {
        "by_holder": ("申請廢止", "自行廢止", "自行申請廢止", "用戶申請廢止"),
        "automatic": ("自動廢止", "逕行廢止", "主動廢止"),
        "replaced": ("換發", "汰換", "換卡", "換發廢止"),
    }
)
SIDE = Vocabulary(
    {
        "ministry": ("本部暨所屬機關", "本部及所屬機關", "本部", "部內"),
        "external": ("其他政府機關及民間機構", "其他政府機關暨民間機構", "外部", "部外"),
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
        "delivered": ("送達", "已送達", "成功", "寄送成功"),
        "bounced": ("退信", "退回", "寄送失敗"),
        "no_address": ("無信箱", "無電子郵件", "未留信箱"),
    }
)

_NAMED_SOURCES = {"示範資料": "sample", "說明會簡報": "briefing"}


def provenance(text: str) -> str:
    """Where a record is from: sample, briefing, or any other word of a file's own."""
    return _NAMED_SOURCES.get(fold(text)) or code(text)
