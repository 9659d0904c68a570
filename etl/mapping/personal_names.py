"""Whether a text may be the name of a person: Chinese, hidden in part, with a title, romanised.

Told by frequent family names and by signs that stand in the names of offices, goods and tasks. A
single text proves nothing: personal_cells.py looks at a whole column.
"""

import re
from functools import lru_cache

from adoption import places

_TITLE = (
    r"(先生|小姐|女士|太太|君|經理|協理|襄理|主任|科長|課長|股長|組長|專員|科員|課員|辦事員|秘書|老師|醫師"
    r"|董事長|總經理|執行長|負責人)"
)
TITLED = re.compile(rf"[\u4e00-\u9fff]{{1,4}} ?{_TITLE}")
HIDDEN = re.compile(r"[\u4e00-\u9fff]{1,2}[○〇◯OoXx*＊﹡]{1,2}[\u4e00-\u9fff]{0,2}")
DOTTED = re.compile(r"[\u4e00-\u9fff]{1,6}[·‧・．•][\u4e00-\u9fff‧·・．•]{1,12}")
CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{2,4}")

_SIGN = re.compile(r"[\u3400-\u9fff]")

# The most frequent first, by the counts of the Ministry of the Interior.
_SURNAMES = (
    "陳林黃張李王吳劉蔡楊許鄭謝洪郭邱曾廖賴徐周葉蘇莊呂江何蕭羅高潘簡朱鍾游彭詹胡施沈余盧梁趙"
    "顏柯翁魏孫戴范方宋鄧杜傅侯曹薛丁卓阮馬董温溫唐藍石蔣古紀姚連馮歐程湯黄田康姜汪白鄒尤巫鐘"
    "黎涂龔嚴韓袁金童陸夏柳凃邵錢伍倪譚于甘熊任秦章毛官史萬粘俞雷饒闕凌崔尹孔辛武辜陶段龍韋葛"
    "池孟褚殷麥賀賈莫向包丘梅利裴樊房全佘左花魯安鮑郝穆塗邢蒲閻練盛鄔耿聶符祝繆陽曲岳齊籃舒畢"
    "喬龎翟鄞留季仇"
)
FREQUENT = frozenset(_SURNAMES[:40])
_COMPOUND = "歐陽 司馬 上官 諸葛 司徒 皇甫 尉遲 公孫 令狐 范姜 張簡 張廖 陳黃 劉張 周黃 李張 陳林"
_COMPOUNDS = frozenset(_COMPOUND.split())
# In the names of offices, goods, kinds and tasks, and hardly ever in those of persons.
_NO_NAME = frozenset(
    "部局處科室署院校廠店號站館所社組課股險網務系統管理登記查詢申報卡證件類型級別縣市區鄉鎮村"
    "里路街費稅率額數表單冊檔案版項目第日時分秒萬億鍵機車油電氣業商貨物器具料場庫園港橋線層樓"
    "戶口公司行銀保會團黨隊班一二三四五六七八九十〇零甲乙丙丁戊己庚辛的與及或在未已待否無不是"
    "為請於由該此他它們你您色燈紙票據法律令函稿簽約款貸借還付收支退補換廢停續核准審駁辦畢結送"
    "寄領取更異動增減刪改修測試上下左右前後內外"
)
_ROMAN = (
    "wang chen lin huang chang zhang li lee wu liu tsai cai yang hsu xu cheng zheng hsieh xie "
    "kuo guo hung hong chiu qiu tseng zeng liao lai chou zhou yeh ye su chuang zhuang chiang "
    "jiang lu lyu ho he hsiao xiao lo luo kao gao pan chien jian chu zhu chung zhong yu peng "
    "chan hu shih shi shen liang chao zhao yen yan ko ke weng wei sun tai dai fan fang sung "
    "song teng deng tu du fu hou tsao cao hsueh xue ting ding cho ma tung dong wen tang lan "
    "ku gu chi ji yao lien feng ou kang tien tian pai bai"
)
_FIRST = (
    "john mary david michael james robert william richard thomas charles daniel paul mark "
    "george kevin peter steven brian andrew eric jason jeff jeffrey alan allen tony tom jack "
    "henry frank kenneth ken leo louis max sam simon vincent victor wendy amy alice anna "
    "annie betty carol cathy cindy claire debbie diana emily emma eva fiona grace helen irene "
    "iris ivy jane janet jenny jennifer jessica joyce judy julia karen kate kelly linda lisa "
    "lucy maggie michelle nancy nicole olivia peggy rebecca rita ruby sally sandy sarah "
    "sharon sophia stella susan tiffany tina vicky vivian yvonne maria jose juan ahmed "
    "mohamed hans pierre ivan olga"
)
_ROMAN_SURNAMES, _FIRST_NAMES = frozenset(_ROMAN.split()), frozenset(_FIRST.split())


@lru_cache(20_000)
def is_name(text: str) -> bool:
    """Whether it could be the name of a person, or several of them."""
    bare = re.sub(r"[(（].*?[)）]", "", text).strip()
    parts = [part for part in re.split(r"[、/;；&,，]| and ", bare) if part.strip()]
    if _SIGN.search(bare):
        joined = [re.sub(r" ", "", part) for part in parts]
        return bool(joined) and all(map(_is_chinese_name, joined))
    return _is_roman_name(bare)


def _is_chinese_name(text: str) -> bool:
    if not CHINESE.fullmatch(text) or places.official_name(text):
        return False
    is_compound = text[:2] in _COMPOUNDS and len(text) > 2
    if len(text) == 4 and not is_compound:
        return False
    given = text[2:] if is_compound else text[1:]
    return (is_compound or text[0] in _SURNAMES) and not set(given) & _NO_NAME


def _is_roman_name(text: str) -> bool:
    words = re.findall(r"[A-Za-z][A-Za-z'.-]*", text)
    if not 2 <= len(words) <= 4 or re.sub(r"[A-Za-z'., -]", "", text):
        return False
    lower = [word.casefold().strip(".") for word in words]
    has_surname = any(word in _ROMAN_SURNAMES for word in (lower[0], lower[-1]))
    has_hyphen = any("-" in word.strip("-") for word in lower)
    is_known = any(word in _FIRST_NAMES for word in lower)
    return is_known or (has_surname and (has_hyphen or len(words) <= 3) and _is_capital(words))


def _is_capital(words: list[str]) -> bool:
    return all(word[0].isupper() for word in words)
