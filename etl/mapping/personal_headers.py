"""What a header says when its column is about a person. The product needs none of it.

Words stand in their plain form (headers.plain): without spaces, in small letters. A header that
goes on to something that is no person (承辦單位, 電話通知日期, e-mail result) is left to its cells.
"""

import re

_PEOPLE = (
    r"姓名|名字|姓氏|負責人|代表人|聯[絡繫]人|連絡人|承辦人|承辦員|經辦|經手人|主辦人|收[件信受]人|受[文件信]者|受件人"
    r"|寄件人|送件人|領[卡件取]人|簽收人|持[卡有]人|申請人|代理人|申辦人|被授權人|填表人|製表人|使用者名稱|使用人"
    r"|用戶名|董事|監察人|股東|經理人|合夥人|會計師|記帳士|保證人|家長|配偶|緊急聯絡|窗口|本人|當事人|業務員"
    r"|暱稱|簽名"
)
_REACHED = (
    r"電子郵件|電子信箱|電郵|郵件地址|郵件信箱|信箱|e?mail|伊媚兒|電話|手機|行動|門號|分機|傳真|市話"
    r"|地址|住址|住所|居所|通訊處|通訊地|送達地|戶籍|門牌|郵寄|line帳號|lineid|微信|wechat|skype|facebook|臉書"
)
_OF_PERSON = (
    r"身[分份]證|身分字號|護照|居留證|健保卡|駕照|出生|生日|年齡|性別|國籍|婚姻|血型|學歷|指紋|照片|病歷|薪資"
    r"|銀行帳[號戶]|匯款帳[號戶]|信用卡|birth|^dob$|passport|nationalid|idnumber|^gender$|^sex$|^age$"
)
_ENGLISH = (
    r"phone|mobile|cellular|cellphone|^cell|^tel|telno|telephone|^fax|faxno|address|^addr|addr$|street|mailbox"
    r"|idcard|idno$|^name$"
    r"|(full|first|last|middle|given|family|sur|maiden|nick|contact|holder|owner|user|person|customer|client"
    r"|employee|staff|applicant|recipient|manager|agent|signer|representative)name"
    r"|^(contact|recipient|addressee|owner|representative|applicant|cardholder|contactperson|person|"
    r"personincharge|responsibleperson|signatory|officer|handler|attention|attn|proprietor|director|shareholder"
    r"|surname|forename|holder|undertaker|clerk)(name|person|[1-9])?$"
)
_ALWAYS = re.compile(_OF_PERSON)
_PERSONAL = re.compile("|".join((_PEOPLE, _REACHED, _ENGLISH)))
# Where it goes on like this, it is about something else.
_OTHERWISE = re.compile(
    r"(單位|機關|機構|部門|科室|局處|組別|課別|公司|廠商|系統|平[台臺]|服務|功能|日期?|時間|年度|月份|結果|狀態|狀況"
    r"|次數|人數|筆數|件數|張數|家數|個數|總數|數量?|金額|費用?|比[率例]|方式|種類|類[別型]|版本|註記|旗標|有無|與否|是否.*"
    r"|條款|辦法|規定|縣市|縣市別|鄉鎮市?區?|行政區|"
    r"date|time|count|status|state|result|type|flag|unit|dept|department|agency|organi[sz]ation"
    r"|system|version|category|method|county|city|amount|rate|sent|verified|valid|ok)$"
)
_ASKS = re.compile(r"^(是否|有無|已|未|應|可否|no\.?of|numberof|count|has|is(?!sued))")


def is_personal_header(plain_header: str) -> bool:
    """Whether the column under it is about persons, by its name alone."""
    if _ALWAYS.search(plain_header):
        return True
    found = _PERSONAL.search(plain_header)
    if found is None:
        return False
    return not (_OTHERWISE.search(plain_header[found.start() :]) or _ASKS.search(plain_header))
