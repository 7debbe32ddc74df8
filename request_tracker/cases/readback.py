"""What an agent read back beside what the ledger says: proofs in, every difference out. Reads; writes nothing.

``recheck`` is the fresh probe of KTM-08: the newest reading of the office's rates, taken after the check began. While
a check is open ``read_back_after`` asks the agents to read again, so that nobody signs for an old reading.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from inventory.ledger_page import RatesInForce, in_force, timed_part
from inventory.model import City
from inventory.rates import format_rate
from inventory.topology import uplink_of
from request_tracker.cases.actions.verify_allocation import rechecks
from request_tracker.cases.context import Desk
from request_tracker.cases.fold import fold
from request_tracker.cases.model import Case, OpenStep
from request_tracker.cases.queries import history
from request_tracker.ledger import allocations
from request_tracker.sop.register import by_hash
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store
from request_tracker.words.bilingual import Both, filled
from request_tracker.words.way_names import WAY_NAMES

# An agent asks every 5 s, at the slowest every 300 s (``refresh_seconds``): within ten minutes it has been asked twice.
PATIENCE = timedelta(minutes=10)
# While a check is open the agents shall read anew each hour (``read_back_after``); two hours without are a silence.
FRESH = timedelta(hours=2)
# How far an agent's clock may run behind ours (NTP holds it to a fraction of that) before its reading counts as older.
AGENTS_CLOCK = timedelta(minutes=1)
NOTHING = Both(
    "belum ada pembacaan balik dari agen pembentuk lalu lintas untuk OPD ini",
    "the shaping agent has read nothing back for this office",
)
NO_TIME = Both("agen {} tidak menyebut kapan ia membaca", "the agent {} does not say when it read")
OLDER = Both(
    "pembacaan terakhir agen {} ({}) lebih lama daripada pemeriksaan ini",
    "the last reading by the agent {} ({}) is older than this check",
)
SILENT = Both(
    "pembacaan terakhir agen {} ({}) sudah lebih dari dua jam; agen tidak menjawab lagi",
    "the last reading by the agent {} ({}) is more than two hours old; it no longer answers",
)
BEHIND = Both(
    "agen masih memasang revisi {}, kasus ini revisi {}", "the agent holds revision {}, this case is revision {}"
)
OTHER = Both("alokasi lain untuk OPD ini sudah berlaku", "another allocation of this office is in force")
DIFFERS = Both("{}: terbaca {}, buku mencatat {}", "{}: read {}, the ledger says {}")
RATES = Both("jaminan {}, batas {}", "guarantee {}, ceiling {}")
NONE = Both("tidak ada", "nothing")
_WAITING_AT = (
    "SELECT DISTINCT c.number FROM waiting w JOIN cases c ON c.id = w.case_id WHERE w.step = ? AND c.sop_hash = ?"
)
_COLUMNS = ("receive_guaranteed", "receive_ceiling", "transmit_guaranteed", "transmit_ceiling")


@dataclass(frozen=True)
class Recheck:
    """The probe's outcome. ``pending``: nothing newer was read yet, and the agent has been asked only just now.

    ``problems`` is empty where it passed; rates are bytes per second.
    """

    passed: bool
    pending: bool
    problems: tuple[Both, ...]
    checked_at: float
    agent: str | None = None
    read_at: float | None = None
    revision: int | None = None
    proof: str | None = None
    read: tuple[Mapping[str, Any], ...] = ()

    def data(self) -> dict[str, Any]:
        """Plain data, to be frozen into the case; its sentences are Indonesian."""
        outcome = {key: value for key, value in asdict(self).items() if key != "pending"}
        return {**outcome, "problems": [problem.indonesian for problem in self.problems]}


def recheck(desk: Desk, case: Case, step: OpenStep, now: datetime) -> Recheck:
    """Compare the newest reading of the case's office with the ledger (KTM-08): newer than the step, and equal."""
    row = _newest_of(desk.store, str(case.opd))
    if row is None:
        return Recheck(False, now - step.entered_at < PATIENCE, (NOTHING,), now.timestamp())
    proof = json.loads(row["body"])
    read = tuple(rates for rates in proof["readback"] if rates.get("opd") == case.opd)
    stale = _stale(desk, row, proof, step, now)
    problems = (*stale, *_differences(desk, case, proof, read, now))
    pending = bool(stale) and now - step.entered_at < PATIENCE
    return Recheck(
        passed=not problems,
        pending=pending,
        problems=problems,
        checked_at=now.timestamp(),
        agent=proof["agent"],
        read_at=_number(proof.get("read_at")),
        revision=proof["revision"],
        proof=row["body_hash"],
        read=read,
    )


def read_back_after(desk: Desk, now: datetime) -> datetime | None:
    """The moment after which the agents shall have read again: the newest open check, and anew each hour it is open."""
    steps = desk.store.rows("SELECT DISTINCT c.sop_hash, w.step FROM waiting w JOIN cases c ON c.id = w.case_id")
    entered = [
        step.entered_at
        for place in steps
        if rechecks(by_hash(desk.store, place["sop_hash"]).step(place["step"]))
        for row in desk.store.rows(_WAITING_AT, [place["step"], place["sop_hash"]])
        if (step := fold(history(desk, row["number"])).open_step(place["step"])) is not None
    ]
    # A full hour, not "an hour ago": every agent gets the same moment, at every question of that hour.
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return max(*entered, hour) if entered else None


def offices_of(city: City, proof: Mapping[str, Any]) -> frozenset[str]:
    """The offices a proof must speak of: those of the uplink it names, all where it names none."""
    uplink = proof.get("uplink")
    return frozenset(opd.code for opd in city.opds if uplink is None or uplink_of(city, opd.code) == uplink)


def mismatches(store: Store, proof: Mapping[str, Any], offices: frozenset[str]) -> tuple[str, ...]:
    """Every way in which the proof differs from the ledger at its revision; empty where these offices are proven."""
    if "fallback" in proof:
        return (f"the fallback plan for the loss of {proof['fallback']['loss']} is in force, not the ledger",)
    if not offices:
        return (f"uplink {proof.get('uplink')} carries no office of the inventory",)
    at = moment_of(store, proof["revision"])
    if at is None:
        return (f"revision {proof['revision']} is not in the ledger",)
    wanted = _wanted(store, at, proof)
    problems = [str(problem) for problem in proof.get("problems", ())]
    problems += [] if proof["ok"] else ["the agent says it is not in force"]
    problems += [] if proof["hash"] == wanted.hash else ["the hash is not the ledger's"]
    # By key, not by place: an agent may read its classes back in any order, and say more than was asked.
    read = {(row.get("opd"), row.get("direction")): row for row in proof["readback"]}
    for row in wanted.rows:
        for direction in WAY_NAMES if row["opd"] in offices else ():
            rates = read.get((row["opd"], direction))
            if rates is None:
                problems.append(f"{row['opd']} {direction}: nothing read back")
            elif (rates.get("guaranteed"), rates.get("ceiling")) != tuple(row[direction].values()):
                problems.append(f"{row['opd']} {direction}: read back {rates}, the ledger says {row[direction]}")
    return tuple(problems)


def as_of(proof: Mapping[str, Any]) -> float | None:
    """The moment of which the proof's rates are; an agent that does not tell it has just read them."""
    moment = _number(proof.get("as_of"))
    return _number(proof.get("read_at")) if moment is None else moment


def _wanted(store: Store, at: datetime, proof: Mapping[str, Any]) -> RatesInForce:
    """What the revision of that moment says of the proof's own moment."""
    page, moment = allocations.current_allocations(store, at), as_of(proof)
    # Of that revision only: what came after it has its own number, and its own proof.
    alone = {**page, "timed": timed_part((), page["timed"]["profiles"])}
    return in_force(alone, at.timestamp() if moment is None else moment)


def mismatches_of(store: Store, proof: Mapping[str, Any], offices: frozenset[str], opd: str) -> tuple[str, ...]:
    """The differences that hold up one office: all but those of others of which the agent says that nobody knows.

    A driver without read-back (``manual``) knows of a limit only once its office came near it; one that is idle for
    weeks must not hold up the case of another. What is known to be wrong holds up every case, as ever.
    """
    others = [row for row in proof.get("undecided", ()) if row["opd"] != opd]
    if not others:
        return mismatches(store, proof, offices)
    aside = tuple(f"{row['opd']} {row['direction']}: " for row in others)
    problems = [str(problem) for problem in proof.get("problems", ()) if not str(problem).startswith(aside)]
    differences = mismatches(store, {**proof, "problems": problems, "ok": proof["ok"] or not problems}, offices)
    return tuple(difference for difference in differences if not difference.startswith(aside))


def replaced(store: Store, number: str, opd: str, at: datetime) -> bool:
    """True where another case's rates are in force for the office: a proof of those proves nothing for this case."""
    mine = store.row(
        "SELECT * FROM ledger WHERE case_number = ? AND effective_at <= ? ORDER BY effective_at DESC, id DESC LIMIT 1",
        [number, stamp(at)],
    )
    # Rates of some hours of the week are replaced by others of some hours only.
    rows_of = allocations.profile_rows if mine is not None and mine["hours"] else allocations.rows_in_force
    here = next((row for row in rows_of(store, at) if row["opd"] == opd), None)
    return mine is not None and here is not None and any(mine[rate] != here[rate] for rate in _COLUMNS)


def moment_of(store: Store, revision: int) -> datetime | None:
    """The moment at which that revision came into force."""
    moment = store.value(
        "SELECT min(effective_at) AS at FROM ledger GROUP BY batch ORDER BY at, batch LIMIT 1 OFFSET ?",
        [max(revision, 1) - 1],
    )
    return datetime.fromisoformat(moment) if moment else None


def _newest_of(store: Store, opd: str) -> Row | None:
    """The newest proof that speaks of the office; of every agent only its last one counts."""
    last = "SELECT * FROM proofs WHERE id IN (SELECT max(id) FROM proofs GROUP BY agent) ORDER BY id DESC"
    rows = store.rows(last)
    return next((row for row in rows if any(side["opd"] == opd for side in json.loads(row["body"])["readback"])), None)


def _stale(desk: Desk, row: Row, proof: Mapping[str, Any], step: OpenStep, now: datetime) -> list[Both]:
    received, read_at = datetime.fromisoformat(row["received_at"]), _number(proof.get("read_at"))
    if read_at is None:
        return [filled(NO_TIME, proof["agent"])]
    moment = desk.calendar.local(datetime.fromtimestamp(read_at, UTC)).strftime("%d-%m-%Y %H.%M")
    if received <= step.entered_at or read_at < (step.entered_at - AGENTS_CLOCK).timestamp():
        return [filled(OLDER, proof["agent"], moment)]
    if now - received > FRESH:
        return [filled(SILENT, proof["agent"], moment)]
    return []


def _differences(
    desk: Desk, case: Case, proof: Mapping[str, Any], read: tuple[Mapping[str, Any], ...], now: datetime
) -> list[Both]:
    """Where the reading of this office is not what this case has put into the ledger."""
    moment = as_of(proof)
    then = now if moment is None else datetime.fromtimestamp(moment, UTC)
    rows = allocations.effective_rows(desk.store, then)
    wanted = next((allocations.allocation_in(row) for row in rows if row["opd"] == case.opd), None)
    if case.applied is None or wanted is None or proof["revision"] < case.applied:
        return [filled(BEHIND, proof["revision"], case.applied or "-")]
    differences = [OTHER] if replaced(desk.store, case.number, str(case.opd), now) else []
    by_way = {rates.get("direction"): rates for rates in read}
    for way, name in WAY_NAMES.items():
        reading = tuple(by_way.get(way, {}).get(key) for key in ("guaranteed", "ceiling"))
        ledger = tuple(getattr(wanted, f"{way}_{key}") for key in ("guaranteed", "ceiling"))
        if reading != ledger:
            differences.append(filled(DIFFERS, name, _rates(reading), _rates(ledger)))
    return differences


def _rates(rates: tuple[Any, ...]) -> Both:
    return filled(RATES, *(format_rate(rate) if type(rate) is int else NONE for rate in rates))


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
