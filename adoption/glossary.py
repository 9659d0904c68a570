"""The words of the product: one a thing, in both languages. docs/glossary.md is made of it."""

from typing import NamedTuple

from adoption.language import Text


class Term(NamedTuple):
    name: Text
    meaning: Text


def _term(zh: str, en: str, meaning_zh: str, meaning_en: str) -> Term:
    return Term(Text(zh, en), Text(meaning_zh, meaning_en))


TERMS = (
    _term(
        "工商憑證",
        "MOEACA certificate",
        "企業在政府與民間系統上確認身分、簽章用的 IC 卡憑證，效期五年。",
        "A certificate on an IC card with which a business signs in and signs; valid five years.",
    ),
    _term("單位", "unit", "導入工商憑證的機關或機構。", "An organisation that integrates it."),
    _term("應用系統", "system", "使用工商憑證的系統。", "A system in which it is used."),
    _term(
        "導入",
        "integration",
        "系統開始使用工商憑證；之前是規劃、測試，之後可能下線。",
        "A system begins to use it; before that it is planned and in testing.",
    ),
    _term("下線", "retired", "系統不再使用工商憑證。", "A system no longer uses it."),
    _term(
        "統計截止日",
        "as-of day",
        "只計這一天及以前發生的事。",
        "What happened on or before this day counts.",
    ),
    _term("核發", "issuance", "發出一張憑證。", "A certificate is handed out."),
    _term(
        "有效憑證",
        "valid certificate",
        "已核發、未到期、未終止。",
        "Issued, not expired and not ended.",
    ),
    _term(
        "停用",
        "suspended",
        "憑證暫時不能用，之後可復用。",
        "Cannot be used for a time.",
    ),
    _term(
        "終止",
        "ended",
        "憑證到期前不再有效，例如廢止。",
        "No longer valid before it expires, such as revoked.",
    ),
    _term(
        "持有者",
        "holder",
        "至少有一張有效憑證的統一編號，一家算一次。",
        "A 統一編號 with a valid certificate, counted once.",
    ),
    _term(
        "採用率",
        "adoption rate",
        "持有者占登記家數的比率，縣市與組織別相同。",
        "Holders among the registered of the same county and type.",
    ),
    _term("到期", "expiry", "憑證效期的最後一天。", "The last day of a certificate's validity."),
    _term(
        "換發",
        "renewal",
        "到期前 60 天起可以申請新卡。",
        "A new card; it can be asked for from 60 days before expiry.",
    ),
    _term(
        "待換發",
        "to renew",
        "將到期而尚未換發：到期前 60 天內的可換發，更早的尚未開放換發。",
        "Expiring and not renewed: renewable within 60 days of expiry, before that not open yet.",
    ),
    _term(
        "提醒",
        "reminder",
        "到期前 45、30、15、1 天寄給尚未換發者的四封信。",
        "The four mails, 45, 30, 15 and 1 days before expiry, to those who have not renewed.",
    ),
    _term("應寄日", "due day", "到期日減去提醒階段的天數。", "The expiry less the stage's days."),
    _term(
        "到達提醒階段",
        "reached a stage",
        "到了應寄日仍未換發、未終止。",
        "Neither renewed nor ended by the due day.",
    ),
    _term(
        "應寄、已寄、送達",
        "due, sent, delivered",
        "依規則應寄、寄送紀錄中有、沒有退信。",
        "By the rule, in the send log, and not bounced.",
    ),
    _term(
        "逾期未換發",
        "lapsed",
        "到期時尚未換發、未終止。",
        "Expired without having been renewed or ended.",
    ),
    _term(
        "應有進度",
        "expected by now",
        "由上一個目標日的數字到目標值的直線，在統計截止日的值。",
        "A straight line to the target, on the as-of day.",
    ),
    _term(
        "落後", "behind", "未達應有進度；差額就是落後多少。", "Short of what is expected by now."
    ),
    _term(
        "高峰日",
        "peak day",
        "一年內到期張數達平常日 1.5 倍以上、且至少 20 張的日子。",
        "A day with 1.5 times a usual day's expiries, and at least 20.",
    ),
    _term(
        "機遇範圍",
        "within chance",
        "家數少時比率本來就會上下；超出 99.8% 範圍才點名。",
        "Shares of few vary by chance; only what is outside 99.8 % is named.",
    ),
    _term(
        "退回的列",
        "rejected row",
        "讀不懂或不合規則而沒有載入的列，更正後可再上傳。",
        "A row that was not loaded, with the reason; corrected it can be loaded.",
    ),
    _term(
        "控制總數",
        "control total",
        "公布的數字，用來核對紀錄。",
        "A published figure that the records are compared with.",
    ),
    _term(
        "示範資料",
        "sample data",
        "為試用而產生的紀錄，不是實際數字。",
        "Records made for trying things out.",
    ),
)


def markdown() -> str:
    """docs/glossary.md."""
    rows = [
        f"| {term.name.zh} | {term.name.en} | {term.meaning.zh} | {term.meaning.en} |"
        for term in TERMS
    ]
    head = (
        "# Glossary",
        "One word a thing. Made by `make fix` from `adoption/glossary.py`; 說明 shows it.",
        "",
        "| 中文 | English | 意思 | meaning |",
        "|---|---|---|---|",
    )
    return "\n".join((*head, *rows)) + "\n"
