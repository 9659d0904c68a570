"""Columns that several metrics share, named once so that they mean and read the same everywhere."""

from adoption.language import Text
from adoption.metrics.metric import Column

MONTH = Column("month", "month", Text("月份", "Month"))
EXPIRY_MONTH = Column("expiry_month", "month", Text("到期月份", "Expiry month"))
WEEK = Column("week", "day", Text("週（星期一起）", "Week (from Monday)"))
DAY = Column("day", "day", Text("日期", "Day"))
SIDE = Column("side", "code", Text("導入對象", "Side"))
UNIT_CODE = Column("unit_code", "text", Text("單位代碼", "Unit code"))
UNIT = Column("unit", "text", Text("單位", "Unit"))
COUNTY = Column("county", "code", Text("縣市", "County"))
ORG_TYPE = Column("org_type", "code", Text("組織別", "Organisation type"))
STAGE = Column("stage", "count", Text("提醒階段（到期前天數）", "Stage (days before expiry)"))
OUTCOME = Column("outcome", "code", Text("結果", "Outcome"))
DIFFERS = Column("differs", "code", Text("與整體或平常相比", "Against all, or usual"))


def count(name: str, zh: str, en: str) -> Column:
    return Column(name, "count", Text(zh, en))


UNITS = count("units", "單位數", "Units")
SYSTEMS = count("systems", "系統數", "Systems")
VALID = count("valid", "有效憑證（張）", "Valid certificates")
HOLDERS = count("holders", "持有者（家）", "Holders")
CERTIFICATES = count("certificates", "憑證（張）", "Certificates")
EXPIRING = count("expiring", "到期（張）", "Expiring")
TO_RENEW = count("to_renew", "其中尚未換發（張）", "Of these, still to renew")
RENEWABLE = count("renewable", "可換發未換發（張）", "Renewable now")

CERTIFICATE_UNIT = Text("張憑證", "certificates")
HOLDER_UNIT = Text("家", "holders")
SHARE_UNIT = Text("%", "%")
SYSTEM_UNIT = Text("個系統", "systems")
CERTIFICATE_FILTERS = ("county", "org_type")
SYSTEM_FILTERS = ("side", "unit")
