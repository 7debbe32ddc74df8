"""One cover report over the reports of all teams (BTM-12): a batch in, a paper out. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta

from request_tracker.config import Office
from request_tracker.letters.facts import day, moment, rate, short
from request_tracker.letters.model import Letterhead, Paper, Signer
from request_tracker.notifications.signing_digest import DigestCase, SigningBatch
from request_tracker.sop.clocks import WORKING_DAY

HEAD = ("Kasus", "OPD dan hal", "Unduh, lama → baru", "Pelaksana", "Lama", "Terlambat", "Bukti terpasang")


Names = Callable[[str | None], str]


def cover(batch: SigningBatch, office: Office, at: datetime, name_of: Names, opd_of: Names) -> Paper:
    """The cover report; ``at`` is local. ``name_of`` and ``opd_of`` say who and which office a reference is."""
    lane = batch.cases[0].lane if batch.cases else batch.step.lanes[0]
    rows = [
        (
            one.number,
            f"{opd_of(one.opd)}: {one.subject}",
            _rates(one),
            name_of(one.technician) if one.technician else "–",
            days(one.worked, batch.sop.promise.calendar),
            ", ".join(one.late) or "tidak",
            short(one.proven_at.astimezone(at.tzinfo)) if one.proven_at else "belum",
        )
        for one in batch.cases
    ]
    late, teams = sum(bool(one.late) for one in batch.cases), {one.technician for one in batch.cases if one.technician}
    place = f"{office.city}, " if office.city else ""
    return Paper(
        template="laporan.typ",
        file=f"laporan-gabungan-{batch.step.id.lower()}-{at:%Y-%m-%d}",
        title=f"Laporan Gabungan {batch.sop.title}",
        head=Letterhead(office.government, office.name, office.address),
        date=place + day(at),
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


def _rates(one: DigestCase) -> str:
    if one.after is None:
        return "–"
    before = rate(one.before["receive_ceiling"]) if one.before else "–"
    return f"{before} → {rate(one.after['receive_ceiling'])}"
