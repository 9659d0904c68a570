"""The sample: the same every time, as many as asked for, nothing after the cut-off, believable."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from adoption.policy import STAGE_DAYS
from etl.sample import write_sample

Row = dict[str, str]
CUT_OFF = date(2013, 9, 24)
LAST = CUT_OFF.isoformat()
COUNT = 20_000
WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def roc(text: str) -> date | None:
    if not text:
        return None
    year, month, day = text.split("/")
    return date(int(year) + 1911, int(month), int(day))


def day(text: str) -> date:
    """The day of a cell that must not be empty."""
    found = roc(text)
    assert found
    return found


def is_valid_by_the_old_rule(holder_id: str) -> bool:
    products = [int(d) * w for d, w in zip(holder_id, WEIGHTS, strict=True)]
    checksum = sum(product // 10 + product % 10 for product in products)
    return checksum % 10 == 0 or (holder_id[6] == "7" and (checksum + 1) % 10 == 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything as it is at the end."""
    path = tmp_path_factory.mktemp("sample")
    write_sample(path, COUNT, history=False)
    return path / LAST


@pytest.fixture(scope="module")
def certificates(folder: Path) -> list[Row]:
    return rows(folder / "certificates.csv")


def renewed_on(certificates: list[Row]) -> dict[str, date]:
    """The recorded day of renewal by serial: of application, else of the issue that names it."""
    found = {row["換發前序號"]: day(row["核發日期"]) for row in certificates if row["換發前序號"]}
    applied = {row["憑證序號"]: roc(row["申請換發日期"]) for row in certificates}
    return found | {serial: on for serial, on in applied.items() if on}


@pytest.mark.parametrize("history", [True, False])
def test_the_same_arguments_give_the_same_bytes(history: bool, tmp_path: Path) -> None:
    once, again = (
        write_sample(tmp_path / name, 3_000, seed=102, history=history) for name in ("1", "2")
    )
    feeds = ["units", "systems", "certificates", "suspensions", "reminders", "entities", "targets"]
    assert [each.feed for each in once][:7] == feeds
    assert len(once) == len(again) == (16 if history else 7)
    for one, other in zip(once, again, strict=True):
        assert one.path.read_bytes() == other.path.read_bytes()


def test_another_seed_gives_another_sample(folder: Path, tmp_path: Path) -> None:
    write_sample(tmp_path, COUNT, seed=103, history=False)
    name = "certificates.csv"
    assert (tmp_path / LAST / name).read_bytes() != (folder / name).read_bytes()


@pytest.mark.parametrize("count", [1, 7, 1_000])
def test_exactly_as_many_as_asked_for(count: int, tmp_path: Path) -> None:
    files = write_sample(tmp_path, count)
    serials = {
        row["憑證序號"] for each in files if each.feed == "certificates" for row in rows(each.path)
    }
    assert len(serials) == count


def test_a_smaller_sample_in_the_same_folder_leaves_nothing_of_the_larger(tmp_path: Path) -> None:
    larger = write_sample(tmp_path, 1_000)
    files = write_sample(tmp_path, 1)
    assert {each.path for each in files} == set(tmp_path.glob("*/*.csv"))
    assert len(files) < len(larger)


def test_many_small_blocks_give_as_many_and_tell_their_progress(tmp_path: Path) -> None:
    told: list[int] = []
    write_sample(tmp_path, 5_000, progress=told.append, block_holders=100, history=False)
    written = rows(tmp_path / LAST / "certificates.csv")
    assert len(written) == sum(told) == 5_000
    assert len(told) > 20
    assert len({row["憑證序號"] for row in written}) == 5_000
    kinds = {(row["統一編號"], row["組織別"], row["縣市"]) for row in written}
    assert len(kinds) == len({holder for holder, _, _ in kinds})  # no holder comes in two blocks


def test_serials_ascend_as_text(certificates: list[Row]) -> None:
    serials = [row["憑證序號"] for row in certificates]
    assert serials == sorted(set(serials))


def test_no_event_after_the_cut_off(folder: Path, certificates: list[Row]) -> None:
    columns = ("核發日期", "終止日期", "申請換發日期")
    days = [roc(row[column]) for row in certificates for column in columns]
    last = CUT_OFF.isoformat()
    suspensions = rows(folder / "suspensions.csv")
    assert max(on for on in days if on) == CUT_OFF
    assert max(row["suspended_on"] for row in suspensions) <= last
    assert max(row["resumed_on"] for row in suspensions) <= last
    assert max(row["sent_on"] for row in rows(folder / "reminders.csv")) <= last
    assert max(row["month"] for row in rows(folder / "entities.csv")) == "2013-08-01"
    assert max(day(row["到期日期"]) for row in certificates) > CUT_OFF


def test_a_card_is_valid_up_to_the_same_day_five_years_later(certificates: list[Row]) -> None:
    for row in certificates:
        issued, expires = day(row["核發日期"]), day(row["到期日期"])
        leap = (issued.month, issued.day) == (2, 29)
        assert expires == issued.replace(year=issued.year + 5, day=28 if leap else issued.day)


def test_holder_ids_are_eight_digits_and_all_but_a_handful_valid(certificates: list[Row]) -> None:
    holders = {row["統一編號"] for row in certificates}
    assert all(len(holder) == 8 and holder.isdecimal() for holder in holders)
    assert any(holder.startswith("0") for holder in holders)
    unlikely = sum(not is_valid_by_the_old_rule(holder) for holder in holders)
    assert 0 < unlikely < 0.003 * len(holders)


def test_most_cards_are_primary_and_counties_uneven(certificates: list[Row]) -> None:
    cards = Counter(row["卡別"] for row in certificates)
    counties = Counter(row["縣市"] for row in certificates)
    assert 0.82 < cards["正卡"] / COUNT < 0.88
    assert set(cards) == {"正卡", "附卡"}
    assert "桃園縣" in counties  # as it was called in 2013
    assert counties["臺北市"] > 20 * counties["臺東縣"]


def test_about_two_in_three_renew(certificates: list[Row]) -> None:
    renewed = renewed_on(certificates)
    due = [row for row in certificates if day(row["到期日期"]) < date(2012, 9, 24)]
    share = sum(row["憑證序號"] in renewed for row in due) / len(due)
    assert 0.57 < share < 0.70


def test_renewals_jump_just_after_each_due_day(certificates: list[Row]) -> None:
    days_before: Counter[int] = Counter()
    for row in certificates:
        applied = roc(row["申請換發日期"])
        if applied:
            days_before[(day(row["到期日期"]) - applied).days] += 1
    for stage in STAGE_DAYS:
        assert days_before[stage - 1] > 2 * days_before[stage], stage
    assert sum(count for days, count in days_before.items() if days < 0) > 0  # late
    assert min(days_before) >= -365
    assert max(days_before) <= 60


def test_successors_come_from_60_days_before_to_365_after(certificates: list[Row]) -> None:
    by_serial = {row["憑證序號"]: row for row in certificates}
    successors = [row for row in certificates if row["換發前序號"]]
    assert successors
    for row in successors:
        former = by_serial[row["換發前序號"]]
        wait = (day(row["核發日期"]) - day(former["到期日期"])).days
        assert -60 <= wait <= 365
        assert (former["統一編號"], former["卡別"]) == (row["統一編號"], row["卡別"])


def test_renewals_are_recorded_in_three_ways(certificates: list[Row]) -> None:
    named = {row["換發前序號"] for row in certificates}
    ways = Counter((row["憑證序號"] in named, row["申請換發日期"] != "") for row in certificates)
    assert ways[True, True] > ways[True, False] > ways[False, True] > 0


def test_one_end_reason_in_a_hundred_is_missing(certificates: list[Row]) -> None:
    ended = [row for row in certificates if row["終止日期"]]
    missing = sum(row["終止原因"] == "" for row in ended)
    assert 0.003 < missing / len(ended) < 0.02
    assert all(row["終止日期"] for row in certificates if row["終止原因"])
    assert {"申請廢止", "自動廢止", "換發"} < {row["終止原因"] for row in ended}


def test_some_suspensions_last(folder: Path, certificates: list[Row]) -> None:
    suspensions = rows(folder / "suspensions.csv")
    resumed = [row for row in suspensions if row["resumed_on"]]
    assert 0.5 < len(resumed) / len(suspensions) < 0.9
    assert all(row["suspended_on"] < row["resumed_on"] for row in resumed)
    assert {row["serial"] for row in suspensions} < {row["憑證序號"] for row in certificates}


def test_the_send_log_has_a_mail_for_almost_every_stage_reached(
    folder: Path, certificates: list[Row]
) -> None:
    """Against DOMAIN section 3, counted anew; renewals without any link are not seen here."""
    renewed = renewed_on(certificates)
    reached = set()
    for row in certificates:
        serial, expires, ended = row["憑證序號"], day(row["到期日期"]), roc(row["終止日期"])
        for stage in STAGE_DAYS:
            due = date.fromordinal(expires.toordinal() - stage)
            in_use = ended is None or ended > due
            if due <= CUT_OFF and in_use and renewed.get(serial, date.max) > due:
                reached.add((serial, stage))
    mails = rows(folder / "reminders.csv")
    logged = {(row["serial"], int(row["stage"])) for row in mails}
    results = Counter(row["result"] for row in mails)
    assert len(logged) == len(mails)
    assert logged <= reached
    assert 0.9 < len(logged) / len(reached) < 1
    assert 0.02 < results["bounced"] / len(mails) < 0.04
    assert 0.004 < results["no_address"] / len(mails) < 0.02


def test_the_denominator_exceeds_the_holders(folder: Path, certificates: list[Row]) -> None:
    valid = {
        row["統一編號"]
        for row in certificates
        if day(row["到期日期"]) >= CUT_OFF and (roc(row["終止日期"]) or date.max) > CUT_OFF
    }
    entities = rows(folder / "entities.csv")
    by_month: Counter[str] = Counter()
    for row in entities:
        by_month[row["month"]] += int(row["registered"])
    assert 0.25 < len(valid) / by_month["2013-08-01"] < 0.40
    assert list(by_month) == sorted(by_month)
    assert by_month["2003-07-01"] < by_month["2013-08-01"]
    assert len({row["county"] for row in entities}) == 22


def test_nothing_personal(folder: Path) -> None:
    for file in folder.iterdir():
        assert "@" not in file.read_text(encoding="utf-8")


def test_says_when_there_are_not_enough_holder_ids(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="統一編號"):
        write_sample(tmp_path, 50_000_000, block_holders=20_000_000)


def test_the_targets(folder: Path, certificates: list[Row]) -> None:
    targets = rows(folder / "targets.csv")
    assert [(row["metric"], row["scope"], row["due_on"]) for row in targets] == [
        ("integration_totals", "", "2013-12-31"),
        ("valid_totals.holders", "", "2013-12-31"),
        ("adoption_rate", "", "2013-12-31"),
    ]
    assert {row["provenance"] for row in targets} == {"sample"}
    holders = {
        row["統一編號"]
        for row in certificates
        if day(row["到期日期"]) >= CUT_OFF and (roc(row["終止日期"]) or date.max) > CUT_OFF
    }
    last = [row for row in rows(folder / "entities.csv") if row["month"] == "2013-08-01"]
    rate = len(holders) / sum(int(row["registered"]) for row in last)
    systems, of_holders, of_rate = (float(row["value"]) for row in targets)
    assert systems == 168
    # A tenth above what there is, up to a whole hundred.
    assert len(holders) * 1.1 <= of_holders < len(holders) * 1.1 + 100
    assert rate + 0.01 <= of_rate < rate + 0.02
