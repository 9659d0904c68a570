"""docs/domain.md, section 3, one function a definition."""

from collections.abc import Iterable
from datetime import date, timedelta

from tests.reference.rows import Certificate, Suspension, System

STAGES = (45, 30, 15, 1)


def integrated(system: System, as_of: date) -> bool:
    return (
        system.integrated_on is not None
        and system.integrated_on <= as_of
        and (system.retired_on is None or system.retired_on > as_of)
    )


def overdue(system: System, as_of: date) -> bool:
    """The target day itself is still in time; a retired system is not waited for."""
    return (
        system.target_on is not None
        and system.target_on < as_of
        and (system.integrated_on is None or system.integrated_on > as_of)
        and (system.retired_on is None or system.retired_on > as_of)
    )


def system_stage(system: System, as_of: date) -> str | None:
    """The furthest stage reached on the day (dates are in order); None before all of them."""
    furthest = None
    for stage, day in (
        ("planned", system.planned_on),
        ("testing", system.testing_on),
        ("integrated", system.integrated_on),
        ("retired", system.retired_on),
    ):
        if day is not None and day <= as_of:
            furthest = stage
    return furthest


def valid(certificate: Certificate, as_of: date) -> bool:
    """A suspended certificate is valid here: its state is shown beside this one."""
    return certificate.issued_on <= as_of <= certificate.expires_on and (
        certificate.ended_on is None or certificate.ended_on > as_of
    )


def suspended(suspension: Suspension, as_of: date) -> bool:
    """Resumed on a day, it is no longer suspended on that day."""
    return suspension.suspended_on <= as_of and (
        suspension.resumed_on is None or suspension.resumed_on > as_of
    )


def _follows(successor: Certificate, certificate: Certificate) -> bool:
    """Issued later, to the same holder and card, near enough to when `certificate` expires."""
    if certificate.holder_id is None or successor.holder_id != certificate.holder_id:
        return False
    opens = certificate.expires_on - timedelta(days=60)
    closes = certificate.expires_on + timedelta(days=365)
    return (
        successor.card == certificate.card
        and successor.issued_on > certificate.issued_on
        and opens <= successor.issued_on <= closes
    )


def renewed_on(certificates: Iterable[Certificate]) -> tuple[dict[str, date | None], set[str]]:
    """When each certificate was renewed (by serial), and the serials used up as successors."""
    certificates = list(certificates)
    renewed: dict[str, date | None] = {}
    # Used up even where the certificate that it names is unknown or has an own application date.
    used = {each.serial for each in certificates if each.replaces}
    replaced: dict[str, list[date]] = {}
    for each in certificates:
        if each.replaces:
            replaced.setdefault(each.replaces, []).append(each.issued_on)

    by_holder: dict[str | None, list[Certificate]] = {}
    for each in sorted(certificates, key=lambda each: (each.issued_on, each.serial)):
        by_holder.setdefault(each.holder_id, []).append(each)

    for certificate in sorted(certificates, key=lambda each: (each.expires_on, each.serial)):
        if certificate.renewal_applied_on is not None:
            renewed[certificate.serial] = certificate.renewal_applied_on
            continue
        if certificate.serial in replaced:
            renewed[certificate.serial] = min(replaced[certificate.serial])
            continue
        renewed[certificate.serial] = None
        for successor in by_holder[certificate.holder_id]:
            if successor.serial not in used and _follows(successor, certificate):
                used.add(successor.serial)
                renewed[certificate.serial] = successor.issued_on
                break
    return renewed, used


def is_renewal(certificate: Certificate, certificates: Iterable[Certificate]) -> bool:
    """Whether it follows another: it says so, or one that it could follow was issued earlier."""
    if certificate.replaces:
        return True
    return any(_follows(certificate, earlier) for earlier in certificates)


def due(certificate: Certificate, stage: int) -> date:
    """The day on which the mail `stage` days before expiry is due."""
    return certificate.expires_on - timedelta(days=stage)


def reached(certificate: Certificate, stage: int, renewed: date | None, as_of: date) -> bool:
    """Whether the stage's mail was due: applying or ending on the due day itself escapes it."""
    due_on = due(certificate, stage)
    return (
        certificate.issued_on <= due_on <= as_of
        and (renewed is None or renewed > due_on)
        and (certificate.ended_on is None or certificate.ended_on > due_on)
    )


def _renewal_outcome(certificate: Certificate, renewed: date) -> str:
    for outcome, last_day in (
        ("before_first", due(certificate, 45)),
        ("after_45", due(certificate, 30)),
        ("after_30", due(certificate, 15)),
        ("after_15", due(certificate, 1)),
        ("after_1", certificate.expires_on),
        ("late", certificate.expires_on + timedelta(days=365)),
    ):
        if renewed <= last_day:
            return outcome
    return "lapsed"


def journey(certificate: Certificate, renewed: date | None, as_of: date) -> str | None:
    """How the certificate's way through the reminders went; None when it never set out.

    The first event decides; one dated after `as_of` has not happened yet.
    """
    first_due = due(certificate, 45)
    if not certificate.issued_on <= first_due <= as_of:
        return None
    ended = certificate.ended_on
    renewed = None if renewed is not None and renewed > as_of else renewed
    ended_first = ended is not None and (renewed is None or renewed > ended)
    if ended_first and ended <= first_due:
        return None
    if ended_first and ended <= as_of and ended <= certificate.expires_on:
        return "ended"
    if renewed is not None:
        return _renewal_outcome(certificate, renewed)
    return "lapsed" if certificate.expires_on < as_of else "open"
