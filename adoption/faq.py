"""What the source briefing says about the programme, in our own words: for those who get asked.

Source: 「經濟部『工商憑證』應用暨推廣說明會」, figures up to 2013-09-24. Only what its text states;
where it is silent, that is said. Nothing here is computed from the records.
"""

from typing import NamedTuple

from adoption.language import Text

BRIEFING = Text(
    "經濟部「工商憑證」應用暨推廣說明會簡報",
    "Briefing on the use and promotion of 工商憑證 (MOEACA), Ministry of Economic Affairs",
)


class Answer(NamedTuple):
    """A question that staff get asked, and what the briefing answers."""

    question: Text
    answer: Text


FACTS = (
    Answer(
        Text("工商憑證是做什麼用的？", "What is 工商憑證 for?"),
        Text(
            "企業進入應用系統時，由工商憑證負責確認身分、把關資安，幫助政府與企業進入電子化時代。"
            "系統本身的功能不在其內。",
            "It confirms who a business is when it enters an application system and guards that "
            "entrance; it helps government and businesses to go electronic. What a system does "
            "after that is its own.",
        ),
    ),
    Answer(
        Text("由誰主辦、由誰管理？", "Who is behind it?"),
        Text(
            "說明會由經濟部商業司主辦，工商憑證管理中心報告；用戶與企業都洽工商憑證管理中心。",
            "The Ministry's Department of Commerce (經濟部商業司) held the briefing, and the "
            "certification centre (工商憑證管理中心) gave it; users and companies turn to the "
            "centre.",
        ),
    ),
    Answer(
        Text("有多少單位與系統已導入？", "How many have integrated it?"),
        Text(
            "截至102年9月24日：本部暨所屬機關11個單位、28個系統；其他政府機關及民間機構39個機關、"
            "138個系統。",
            "As of 2013-09-24: 11 units with 28 systems at the Ministry and its agencies, 39 "
            "with 138 systems at other agencies and private bodies.",
        ),
    ),
    Answer(
        Text("有哪些系統？", "Which systems are they?"),
        Text(
            "簡報舉出的有：經濟部商工電子公文交換服務系統、公司登記線上申辦系統／商業登記線上申辦系統、"
            "台灣自來水公司電子帳單服務系統、財政部財稅資料中心電子發票整合服務平台、"
            "行政院勞委會勞保局e化服務系統、行政院衛生署藥品物料聯購網。其餘以省略號帶過。",
            "Named are: 經濟部商工電子公文交換服務系統, 公司登記線上申辦系統/商業登記線上申辦系統, "
            "台灣自來水公司電子帳單服務系統, 財政部財稅資料中心電子發票整合服務平台, "
            "行政院勞委會勞保局e化服務系統 and 行政院衛生署藥品物料聯購網. All others are left out "
            "with an ellipsis.",
        ),
    ),
    Answer(
        Text("憑證快到期時會收到提醒嗎？", "Is there a reminder before a card expires?"),
        Text(
            "會。IC卡到期前1.5個月寄第一封電子郵件；之後仍未申請更換者，於到期前30天、15天、1天再各"
            "寄一封，共四封。",
            "Yes: a first e-mail 1.5 months before, and to those who have still not applied for "
            "a replacement another 30, 15 and 1 day before. Four in all.",
        ),
    ),
    Answer(
        Text("公司換負責人，憑證還能用嗎？", "Does a new person in charge matter?"),
        Text(
            "能。只有公司名稱或統一編號變動才有影響，負責人變動不影響使用。",
            "No. Only a change of the company's name or 統一編號 does.",
        ),
    ),
    Answer(
        Text("為什麼要輸入兩次PIN碼？", "Why is the PIN asked for twice?"),
        Text(
            "輸入PIN碼或用戶代碼的次數由各應用系統的程式決定，與工商憑證無關。",
            "How often a PIN or user code is asked for is up to each application system's "
            "program, not to the certificate.",
        ),
    ),
    Answer(
        Text("可以授權給其他憑證嗎？", "Can it authorise other certificates?"),
        Text(
            "可以授權自然人憑證（MOICA）；沒有授權組織憑證（XCA）的機制。",
            "It can authorise a citizen certificate (MOICA); there is no way to authorise an "
            "organisation certificate (XCA).",
        ),
    ),
    Answer(
        Text("怎麼更改用戶代碼與PIN碼？", "How are user code and PIN changed?"),
        Text(
            "更改用戶代碼洽客服專線412-1166；更改PIN碼由用戶自行上網辦理。",
            "The user code through the hotline 412-1166, the PIN by oneself on the web site.",
        ),
    ),
    Answer(
        Text("只能在同一台電腦上使用嗎？", "Does it work on one computer only?"),
        Text(
            "不限。裝有讀卡機軟體並下載卡片管理工具的電腦都可以使用。",
            "No: on any computer with the card reader's software and the card tool that is "
            "offered for download.",
        ),
    ),
    Answer(
        Text("企業想導入自己的系統，要找誰？", "How can a company integrate its own system?"),
        Text(
            "洽工商憑證管理中心（客服專線412-1166），或查詢計畫網站moeaca.nat.gov.tw。",
            "By asking the certification centre (hotline 412-1166) or the web site "
            "moeaca.nat.gov.tw.",
        ),
    ),
    Answer(
        Text(
            "申請費用、效期、申請與換發手續呢？",
            "What about fees, validity, and how to apply or renew?",
        ),
        Text(
            "簡報文字沒有載明：「適用對象及申請費用」與「首次使用說明」兩頁只有標題。"
            "請查詢計畫網站或洽客服專線。",
            "The briefing's text does not say: its pages on fees and on first use have only a "
            "title. Ask the hotline or see the web site.",
        ),
    ),
)
