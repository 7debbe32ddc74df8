"""One cover report over the reports of all teams (BTM-12): a batch in, a paper out. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta

from request_tracker.config import Office
from request_tracker.letters.press.facts import letterhead, place
from request_tracker.letters.press.model import Paper, Signer
from request_tracker.letters.press.sheets import REPORT
from request_tracker.letters.press.wording import day, moment, rate, short
from request_tracker.notifications.signing_digest import DigestCase, SigningBatch
from request_tracker.sop.clocks import WORKING_DAY

HEAD = ("Kasus", "OPD dan hal", "Unduh, lama → baru", "Pelaksana", "Lama", "Terlambat", "Bukti terpasang")

Names = Callable[[str | None], str]


def cover(batch: SigningBatch, office: Office, at: datetime, name_of: Names, opd_of: Names) -> Paper:
    """The cover report; ``at`` is local. ``name_of`` and ``opd_of`` say who and which office a reference is."""
    lane = batch.cases[0].lane if batch.cases else batch.step.lanes[0]
    rows = [
        (
            case.number,
            f"{opd_of(case.opd)}: {case.subject}",
            _rates(case),
            name_of(case.technician) if case.technician else "–",
            days(case.worked, batch.sop.promise.calendar),
            ", ".join(case.late) or "tidak",
            short(case.proven_at.astimezone(at.tzinfo)) if case.proven_at else "belum",
        )
        for case in batch.cases
    ]
    late = sum(bool(case.late) for case in batch.cases)
    teams = {case.technician for case in batch.cases if case.technician}
    return Paper(
        template=REPORT.template,
        file=f"laporan-gabungan-{batch.step.id.lower()}-{at:%Y-%m-%d}",
        title=f"Laporan Gabungan {batch.sop.title}",
        head=letterhead(office),
        date=place(office) + day(at),
        opening=("Bersama ini disampaikan laporan hasil pelaksanaan dari semua tim sebagai berikut.",),
        pairs=(
            *_to(batch),
            ("Jumlah laporan", str(len(batch.cases))),
            ("Jumlah pelaksana", str(len(teams))),
            ("Pernah melewati waktu baku", str(late)),
            ("Keadaan pada", moment(at)),
        ),
        rows=(HEAD, *rows),
        signers=(Signer(batch.sop.lane_names((lane,))),),
        foot=f"{batch.sop.code} revisi {batch.sop.revision} · {batch.step.id}",
    )


def _to(batch: SigningBatch) -> tuple[tuple[str, str], ...]:
    """Who receives the reports next, by the SOP."""
    target = batch.step.next.step if batch.step.next else None
    lanes = tuple(lane for lane in batch.sop.step(target).lanes if lane in batch.sop.lanes) if target else ()
    return (("Disampaikan kepada", batch.sop.lane_names(lanes)),) if lanes else ()


def days(worked: timedelta, calendar: str) -> str:
    """Net time as days of the SOP's calendar: ``3,5 hari kerja``."""
    length, name = (WORKING_DAY, "hari kerja") if calendar == "kerja" else (timedelta(days=1), "hari")
    return f"{worked / length:.1f}".replace(".", ",") + f" {name}"


def _rates(case: DigestCase) -> str:
    if case.after is None:
        return "–"
    before = rate(case.before["receive_ceiling"]) if case.before else "–"
    return f"{before} → {rate(case.after['receive_ceiling'])}"
