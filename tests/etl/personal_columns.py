"""Columns as offices have them, with and without persons in them; a seed makes the same again."""

import random
import string
from collections.abc import Callable

ROWS = 60
Column = list[str]
Kinds = dict[str, Callable[[random.Random], str]]

_FAMILY = (
    "陳林黃張李王吳劉蔡楊許鄭謝洪郭邱曾廖賴徐周葉蘇莊呂江何蕭羅高潘簡朱鍾游彭詹胡施沈余盧梁趙"
    "顏柯翁魏孫戴范方宋鄧杜傅侯曹薛丁卓阮馬董溫唐藍蔣石古紀姚連馮歐程湯康姜汪白田鄒尤巫龔"
)
_GIVEN = (
    "怡雅家志俊淑美玉冠宗建明宏偉文彥承宇佳欣惠婷雯君心如慧芳秀珍麗華國榮輝信義哲豪翔傑凱柏廷"
    "柔涵蓉萱瑜琪筑語安晴恩睿軒辰宥品妍希澄永昌吉春香秋菊金鳳英才仁德孝智勇正平和順天福壽貴"
)
_WORDS_ROADS = "中正 中山 民權 民生 忠孝東 仁愛 信義 和平西 復興北 光復南 文化 自由 公園 成功"
_ROADS = _WORDS_ROADS.split()
_WORDS_TOWNS = "中正區 大安區 板橋區 三重區 桃園區 中壢區 北屯區 西屯區 永康區 左營區 竹北市 斗六市"
_TOWNS = _WORDS_TOWNS.split()
_WORDS_CITIES = "臺北市 新北市 桃園市 臺中市 臺南市 高雄市 新竹縣 雲林縣 彰化縣 屏東縣"
_CITIES = _WORDS_CITIES.split()
_WORDS_ROMAN = "Chen Lin Huang Chang Lee Wang Wu Liu Tsai Yang Hsu Cheng Hsieh Kuo"
_ROMAN = _WORDS_ROMAN.split()
_WORDS_ROMAN_GIVEN = "Mei-Ling Chih-Ming Ya-Ting Chia-Hao Hsiao-Wen Yu-Chen Po-Han I-Chun Wei-Lun"
_ROMAN_GIVEN = _WORDS_ROMAN_GIVEN.split()
_WORDS_WESTERN = "John Mary David Michael Amy Kevin Peter Linda Vivian Jason Emily Grace"
_WESTERN = _WORDS_WESTERN.split()


def _name(random: random.Random) -> str:
    given = random.sample(_GIVEN, 1 if random.random() < 0.08 else 2)
    return random.choice(_FAMILY) + "".join(given)


def _mobile(random: random.Random) -> str:
    a, b, c = random.randrange(10, 90), random.randrange(1000), random.randrange(1000)
    form = random.choice(["09{:02}-{:03}-{:03}", "09{:02}{:03}{:03}", "09{:02} {:03} {:03}"])
    return form.format(a, b, c)


def _landline(random: random.Random) -> str:
    code = random.choice(["02", "03", "04", "06", "07", "049", "089"])
    number = f"{random.randrange(2, 9)}{random.randrange(10**6):06}"
    tail = random.choice(["", "", f"#{random.randrange(10, 999)}", f" 分機{random.randrange(99)}"])
    return random.choice([f"{code}-{number}", f"({code}){number}", f"{code} {number}"]) + tail


def _abroad(random: random.Random) -> str:
    return (
        f"+886-{random.choice('2347')}-{random.randrange(2000, 9999)}-{random.randrange(10**4):04}"
    )


def _mail(random: random.Random) -> str:
    user = "".join(random.choices(string.ascii_lowercase + string.digits, k=7))
    return f"{user}@{random.choice(['gmail.com', 'hinet.net', 'moea.gov.tw', 'ms1.com.tw'])}"


def _address(random: random.Random) -> str:
    road = random.choice(_ROADS) + random.choice(["路", "街", "路二段", "路一段"])
    lane = random.choice(["", "", f"{random.randrange(1, 300)}巷", "15巷7弄"])
    floor = random.choice(["", f"{random.randrange(2, 20)}樓", "之3"])
    place = random.choice(_CITIES) + random.choice(_TOWNS)
    code = random.choice(["", "100", "10491"])
    return f"{code}{place}{road}{lane}{random.randrange(1, 400)}號{floor}"


def _english_address(random: random.Random) -> str:
    road = random.choice(["Zhongshan", "Fuxing", "Minquan"])
    return f"No. {random.randrange(1, 300)}, Sec. {random.randrange(1, 5)}, {road} Rd., Taipei"


def _identity(random: random.Random) -> str:
    letters = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
    letter = random.choice(letters)
    digits = [random.choice((1, 2)), *(random.randrange(10) for _ in range(7))]
    number = letters.index(letter) + 10
    weights = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1)
    parts = [number // 10, number % 10, *digits]
    total = sum(part * weight for part, weight in zip(parts, weights, strict=True))
    return letter + "".join(map(str, digits)) + str(-total % 10)


def _titled(random: random.Random) -> str:
    return _name(random)[: random.choice((1, 3))] + random.choice(["先生", "小姐", "經理", "主任"])


def _hidden(random: random.Random) -> str:
    name = _name(random)
    return f"{name[0]}{random.choice('○O＊*')}{name[-1]}"


def _roman(random: random.Random) -> str:
    family, given = random.choice(_ROMAN), random.choice(_ROMAN_GIVEN)
    western = f"{random.choice(_WESTERN)} {family}"
    return random.choice([f"{family} {given}", f"{given} {family}", f"{family}, {given}", western])


def _with_phone(random: random.Random) -> str:
    return f"{_name(random)} {_mobile(random)}"


def _spaced(random: random.Random) -> str:
    return random.choice([" ", "　"]).join(_name(random))


def _two(random: random.Random) -> str:
    return f"{_name(random)}、{_name(random)}"


def _few(random: random.Random) -> Callable[[random.Random], str]:
    """A handful of clerks, who come again and again."""
    clerks = [_name(random) for _ in range(8)]
    return lambda again: again.choice(clerks)


PERSONAL: Kinds = {
    "name": _name,
    "mobile": _mobile,
    "landline": _landline,
    "abroad": _abroad,
    "mail": _mail,
    "address": _address,
    "english_address": _english_address,
    "identity": _identity,
    "titled": _titled,
    "hidden": _hidden,
    "roman": _roman,
    "with_phone": _with_phone,
    "spaced": _spaced,
    "two": _two,
}


def _code(random: random.Random) -> str:
    return f"{random.choice('ABCPX')}{random.randrange(10**6):06}"


def _padded(random: random.Random) -> str:
    return f"{random.randrange(10**6):010}"


def _document(random: random.Random) -> str:
    return f"經商字第{random.randrange(10**9, 10**10)}0號"


def _unit(random: random.Random) -> str:
    above = random.choice(["經濟部", "財政部", "臺北市", "高雄市", "勞動部", "大同", "華新"])
    return above + random.choice(["商業司", "關務署", "政府", "水利署", "電信公司", "銀行"])


def _roc_day(random: random.Random) -> str:
    return f"{random.randrange(92, 103)}/{random.randrange(1, 13)}/{random.randrange(1, 28)}"


def _compact_day(random: random.Random) -> str:
    month, day = random.randrange(1, 13), random.randrange(1, 28)
    return f"0{random.randrange(92, 99)}{month:02}{day:02}"


def _moment(random: random.Random) -> str:
    return f"2013-{random.randrange(1, 13):02}-17 {random.randrange(24):02}:30:00"


def _system(random: random.Random) -> str:
    return random.choice(["公司登記", "電子發票", "勞保", "健保", "採購", "稅務", "高鐵訂票"]) + (
        random.choice(["線上申辦系統", "整合服務平台", "查詢網", "管理系統", "通報系統"])
    )


def _word(*words: str) -> Callable[[random.Random], str]:
    return lambda random: random.choice(words)


HARMLESS: Kinds = {
    "code": _code,
    "padded": _padded,
    "serial": lambda random: f"{random.randrange(16**10):010X}",
    "document": _document,
    "roc_day": _roc_day,
    "compact_day": _compact_day,
    "iso_time": _moment,
    "holder_id": lambda random: f"0{random.randrange(10**7):07}",
    "amount": lambda random: f"{random.randrange(10**7):,}",
    "share": lambda random: f"{random.random():.3f}",
    "county": _word(*_CITIES, "金門縣", "連江縣"),
    "short_county": _word("高雄", "金門", "連江", "臺北", "花蓮", "雲林", "苗栗"),
    "town": _word(*_TOWNS, "萬華區", "古坑鄉", "石門區", "白河區", "林口區", "金山區"),
    "unit": _unit,
    "system": _system,
    "kind": _word("公司", "商業", "分公司", "其他"),
    "card": _word("正卡", "附卡", "金卡", "白卡"),
    "level": _word("高級", "中級", "初級", "高", "低"),
    "colour": _word("黃色", "白色", "藍色", "紅色"),
    "state": _word("已結案", "連線中", "查無資料", "施工中", "待補件", "許可", "何時補件", "溫控"),
    "weekday": _word("周一", "周二", "周三", "周四", "周五"),
    "industry": _word("石油業", "林業", "金屬製品", "包裝業", "石化業", "方便麵", "水產業"),
    "note": _word(
        "無", "承辦單位已通知，請於期限內補件", "補發", "程式更新後重送", "-", "見附件", ""
    ),
    "product": _word("方案甲", "方案乙", "康福方案", "安心方案", "金融卡", "連鎖店"),
    "version": lambda random: f"{random.randrange(9)}.{random.randrange(20)}.1",
    "english_unit": _word(
        "Bureau of Trade", "Tax Portal", "Water Company", "Labor Insurance System"
    ),
    "road_system": _word("道路管理系統", "街道清潔系統", "鄰里服務網", "社區發展平台"),
    "address_of_host": lambda random: f"192.168.{random.randrange(255)}.{random.randrange(255)}",
    "link": lambda random: f"https://example.gov.tw/{random.randrange(999)}",
    "yes": _word("是", "否"),
}


def columns(
    kinds: dict[str, Callable[[random.Random], str]], count: int, seed: int
) -> list[Column]:
    """So many columns of every kind in turn; some are half empty."""
    made = []
    for number in range(count):
        dice = random.Random(f"{seed} {number}")
        name = list(kinds)[number % len(kinds)]
        kind = _few(dice) if name == "name" and number % 3 == 2 else kinds[name]
        empty = dice.choice((0, 0, 0.5))
        made.append(["" if dice.random() < empty else kind(dice) for _ in range(ROWS)])
    return made


_WORDS_PERSONAL_HEADERS = (
    "姓名 收件人 收信人 受文者 聯絡人 連絡人姓名 負責人 代表人 承辦人 承辦人員 經辦 申請人 "
    "持卡人 董事長姓名 電話 聯絡電話 手機 行動電話 手機號碼 傳真 傳真號碼 分機 地址 住址 "
    "公司地址 通訊處 通訊地址 戶籍地址 e-mail E-Mail EMAIL 信箱 電子郵件 電子信箱 聯絡信箱 "
    "身分證 身份證字號 身分證號碼 出生日期 生日 性別 護照號碼 birthday birth_date "
    "Date_of_Birth Contact contact_person Phone phone_no Mobile Tel TEL Fax Address "
    "Mailing_Address Email_Address first_name LastName full_name Name Recipient Addressee "
    "Owner_Name Representative ID_Number National_ID Gender LineID 銀行帳號"
)
PERSONAL_HEADERS = _WORDS_PERSONAL_HEADERS.split()
_WORDS_HARMLESS_HEADERS = (
    "備註 說明 承辦單位 負責單位 聯絡單位 承辦機關 電話通知日期 E-mail寄送日期 信箱狀態 "
    "通知方式 文號 案號 批次 版本 類別代碼 系統名稱 單位名稱 公司名稱 行政區 鄉鎮市區 "
    "建檔日期 異動日期 更新時間 金額 張數 筆數 比率 狀態 結果 是否結案 流水號 項次 remark "
    "note batch status updated_at system_name unit_name company_name category amount count "
    "version Issuer Template Requester_Unit email_sent_date phone_verified "
    "Certificate_Hash Key_Usage"
)
HARMLESS_HEADERS = _WORDS_HARMLESS_HEADERS.split()
