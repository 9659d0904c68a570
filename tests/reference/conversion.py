"""What came of each reminder stage up to the next one."""

from tests.reference.certificates import chosen
from tests.reference.rows import Choice, Records
from tests.reference.rules import STAGES, due, reached, renewed_on

NEXT = {45: 30, 30: 15, 15: 1, 1: 0}
Fates = dict[int, dict[str, int]]


def _fates(records: Records, choice: Choice) -> Fates:
    """Stage -> how many reached it, and what happened to them first."""
    renewed, _ = renewed_on(records.certificates)
    fates: Fates = {}
    for each in chosen(records, choice):
        replaced, ended = renewed[each.serial], each.ended_on
        for stage in STAGES:
            if not reached(each, stage, replaced, choice.as_of):
                continue
            ends = due(each, NEXT[stage])
            is_renewed = replaced is not None and replaced <= ends
            is_ended = ended is not None and ended <= ends
            if ends > choice.as_of:
                fate = "undecided"
            elif is_renewed and not (is_ended and ended < replaced):
                fate = "renewed"
            elif is_ended:
                fate = "ended"
            else:
                fate = "went on"
            counts = fates.setdefault(stage, {})
            counts[fate] = counts.get(fate, 0) + 1
    return fates


def _columns(counts: dict[str, int]) -> tuple[object, ...]:
    fates = [counts.get(fate, 0) for fate in ("renewed", "ended", "went on")]
    decided = sum(fates)
    shares = [count / decided if decided else None for count in fates]
    return (decided + counts.get("undecided", 0), decided, *fates, *shares)


def reminder_conversion(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    fates = _fates(records, choice)
    return [(stage, *_columns(fates.get(stage, {}))) for stage in STAGES]
