"""What the codes in the records are called on screen, in both languages."""

from adoption.language import Language, Text
from adoption.places import counties, english_name
from adoption.policy import STAGES
from adoption.store.schema import UNSTATED

NAMES: dict[str, Text] = {
    # side
    "ministry": Text("本部暨所屬機關", "Ministry and its agencies"),
    "external": Text("其他政府機關及民間機構", "Other agencies and private bodies"),
    "all": Text("全部", "All"),  # the scope of a goal
    # sector
    "government": Text("政府機關", "Government"),
    "private": Text("民間機構", "Private"),
    # org_type
    "company": Text("公司", "Company"),
    "business": Text("商業", "Business"),
    "branch": Text("分支機構", "Branch"),
    "other": Text("其他", "Other"),
    # org_type, county or card that the file leaves out
    UNSTATED: Text("未填", "Not stated"),
    # stage of a system
    "planned": Text("規劃中", "Planned"),
    "testing": Text("測試中", "Testing"),
    "integrated": Text("已導入", "Integrated"),
    "retired": Text("已下線", "Retired"),
    "undated": Text("尚無日期", "No date yet"),
    # outcome of a reminder journey
    "before_first": Text("第一次提醒前換發", "Before the first mail"),
    **{
        f"after_{stage.days}": Text(
            f"第{number}次提醒後換發", f"After mail {number} ({stage.days} days)"
        )
        for number, stage in enumerate(STAGES, start=1)
    },
    "late": Text("逾期後換發", "Late"),
    "ended": Text("換發前終止", "Ended"),
    "lapsed": Text("逾期未換發", "Lapsed"),
    "open": Text("尚未定案", "Open"),
    # the reminder stage reached last
    "reached_none": Text("尚未到第一次提醒", "Before the first mail is due"),
    **{
        f"reached_{stage.days}": Text(f"第{number}次（{stage.zh}）", f"Mail {number} ({stage.en})")
        for number, stage in enumerate(STAGES, start=1)
    },
    # a share beside that of all, a month beside those before it
    "above": Text("偏高", "High"),
    "below": Text("偏低", "Low"),
    "within": Text("在正常範圍", "Within limits"),
    # kind of day in the office calendar
    "workday": Text("上班日", "Workday"),
    "makeup_workday": Text("補班日", "Make-up workday"),
    "weekend": Text("週末", "Weekend"),
    "holiday": Text("放假日", "Holiday"),
    # card
    "primary": Text("正卡", "Primary"),
    "additional": Text("附卡", "Additional"),
    # why a certificate ended
    "by_holder": Text("申請廢止", "By the holder"),
    "automatic": Text("自動廢止", "Automatic"),
    "replaced": Text("換發", "Replaced"),
    # provenance of a record
    "briefing": Text("說明會簡報", "Briefing"),
    "sample": Text("示範資料", "Sample"),
    "file": Text("載入的檔案", "File"),
}

SHORT_SIDES = {"ministry": Text("本部暨所屬", "Ministry"), "external": Text("其他機關", "External")}


_COUNTIES = {county.name for county in counties()}


def name(code: str, language: Language) -> str:
    """A code or a county in words; what is not known stands for itself (a unit's name)."""
    if code in NAMES:
        return NAMES[code].in_language(language)
    return english_name(code) if language == "en" and code in _COUNTIES else code


def stage_name(days: int, language: Language) -> str:
    (stage,) = (stage for stage in STAGES if stage.days == days)
    return stage.zh if language == "zh" else stage.en
