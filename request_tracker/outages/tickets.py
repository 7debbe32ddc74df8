"""Tickets: what is told about outages in, one ticket and one PKL-GG case per root cause out.

The key is the root and the time: whatever overlaps a known outage of the same root is that outage, whichever path
told it; where the paths differ, the watch's journal is right. A ticket is never closed here: the end of the outage
moves its case on, people close it (PKL-G-09, PKL-G-10).
"""

import json
from collections.abc import Iterable, Set
from dataclasses import replace
from datetime import UTC, datetime

from sqlite_utils import Database

from inventory.titles import title
from inventory.topology import branches
from request_tracker.cases import Desk, Note, OpenCase, Supplied, Who
from request_tracker.cases.commands import open_inside, run_inside
from request_tracker.cases.priority import of_root
from request_tracker.errors import NotStored, NotThere, TrackerError
from request_tracker.outages.course import ALERT, end_ticket, follow_journal, note_connected
from request_tracker.outages.outage_reports import OUTAGE_ALERTS, AlertDelivery, OutageRecord, Telling, UnreadableOutage
from request_tracker.store.database import Row, Store
from runtime.rows import each

SOP = "PKL-GG"
# The watch dates an outage from the first lost probe, a rule from its evaluation: they differ by less than two scrapes.
SLACK_SECONDS = 30.0
# So long after an outage the watch may take another of the same root for the same (``again_within_seconds`` there).
JUST_OVER_SECONDS = 3600.0


def deliver(desk: Desk, alerts: Iterable[AlertDelivery], now: datetime, *, journal: bool = False) -> list[str]:
    """Take a webhook's alerts, each on its own: repeats change nothing; returns the numbers of tickets opened.

    One that cannot be taken keeps no other from being taken; RowsFailed tells of it, and its sender says all again.
    Where there is a ``journal`` to ask, an end waits for it: Prometheus also resolves what lasts once the watch itself
    is silent. So does what a rule tells soon after an outage of this root was over: the journal
    knows whether it is the same one, and so does the watch, whose alerts keep its beginning.
    """

    def take(alert: AlertDelivery) -> list[str]:
        with desk.store.transaction() as db:
            if not _note_delivery(desk, db, alert, now):
                return []
            outage = alert.outage("alert")
            if outage is None:
                _warn(db, alert, now)
                return []
            if journal and (outage.ended_at or (not alert.of_watch and _just_over(desk, outage))):
                return []
            return _take(desk, db, outage, now)

    return each(alerts, lambda alert: alert.fingerprint, take, NotStored)


def ended_outages(desk: Desk, lasting: Set[str], since: float) -> list[OutageRecord]:
    """The outages whose end Alertmanager told last, but for the roots that the watch's journal knows as down."""
    rows = desk.store.rows(
        "SELECT * FROM deliveries d WHERE alertname IN (?, ?) AND status = 'resolved' AND received_at >= ?"
        " AND ended_at > 0 AND id = (SELECT max(id) FROM deliveries WHERE fingerprint = d.fingerprint) ORDER BY id",
        [*OUTAGE_ALERTS, since],
    )
    outages = [outage for row in rows if (outage := _delivery(row).outage("alert")) is not None]
    return [outage for outage in outages if outage.root not in lasting]


def reconcile(desk: Desk, outages: Iterable[Telling], now: datetime) -> list[str]:
    """Take what the journal or Alertmanager's list knows, each outage on its own; the numbers of tickets opened."""

    def take(outage: Telling) -> list[str]:
        if isinstance(outage, UnreadableOutage):
            raise TrackerError(outage.reason)
        with desk.store.transaction() as db:
            return _take(desk, db, outage, now)

    return each(outages, _name_of, take, NotStored)


def _name_of(outage: Telling) -> str:
    return outage.place if isinstance(outage, UnreadableOutage) else f"{outage.root}@{outage.started_at:.3f}"


def acknowledge(desk: Desk, number: str, who: Who, now: datetime) -> bool:
    """Say that somebody works on it; True the first time, later ones change nothing."""
    with desk.store.transaction() as db:
        return acknowledge_inside(desk, db, number, who, now)


def acknowledge_inside(desk: Desk, db: Database, number: str, who: Who, now: datetime) -> bool:
    """The same inside a transaction that is already open."""
    row = desk.store.row("SELECT * FROM tickets WHERE number = ?", [number])
    if row is None:
        raise NotThere("unknown_case", number=number)
    if row["acknowledged_at"] is not None:
        return False
    db.execute(
        "UPDATE tickets SET acknowledged_at = ?, acknowledged_by = ? WHERE number = ?",
        [now.timestamp(), who.person, number],
    )
    seconds = round(now.timestamp() - row["started_at"], 1)
    run_inside(desk, db, number, Note("acknowledged", {"seconds_since_start": seconds}), who, now)
    return True


def open_tickets(desk: Desk) -> list[Row]:
    """Tickets whose outage lasts or whose case is open, the newest first."""
    return desk.store.rows(
        "SELECT t.*, c.step, c.ending, c.due_at, c.priority FROM tickets t JOIN cases c ON c.number = t.number"
        # Lasting ones first. 200 are more than a city has lines that can fail at once.
        " WHERE c.kind = 'outage' AND c.ending IS NULL ORDER BY t.ended_at IS NOT NULL, t.started_at DESC LIMIT 200"
    )


def known_for(desk: Desk, opd: str) -> list[Row]:
    """Tickets of outages that last and hit this office, the oldest first."""
    return desk.store.rows(
        # The offices stand as JSON; only the few open tickets are looked into.
        "SELECT * FROM tickets WHERE ended_at IS NULL AND EXISTS"
        " (SELECT 1 FROM json_each(tickets.offices) WHERE value = ?) ORDER BY started_at",
        [opd],
    )


def ticket(desk: Desk, number: str) -> Row | None:
    """One ticket with its case's step."""
    return desk.store.row(
        "SELECT t.*, c.step, c.ending, c.version, c.priority FROM tickets t JOIN cases c ON c.number = t.number"
        " WHERE t.number = ?",
        [number],
    )


def technical_clocks(row: Row) -> dict[str, float | None]:
    """Seconds from the start of the outage to its detection, acknowledgement and restoration; None until then."""
    marks = {"detect": row["opened_at"], "acknowledge": row["acknowledged_at"], "restore": row["ended_at"]}
    return {name: None if at is None else max(0.0, at - row["started_at"]) for name, at in marks.items()}


def _note_delivery(desk: Desk, db: Database, alert: AlertDelivery, now: datetime) -> bool:
    """Store the delivery; False where the last one of this alert said the very same."""
    last = desk.store.row(
        "SELECT * FROM deliveries WHERE fingerprint = ? ORDER BY id DESC LIMIT 1", [alert.fingerprint]
    )
    if last is not None and (last["starts_at"], last["status"]) == (alert.starts_at, alert.status):
        again = [now.timestamp(), last["id"]]
        db.execute("UPDATE deliveries SET repeats = repeats + 1, repeated_at = ? WHERE id = ?", again)
        return False
    db.table("deliveries").insert(
        {
            "fingerprint": alert.fingerprint,
            "starts_at": alert.starts_at,
            "status": alert.status,
            "alertname": alert.name,
            "received_at": now.timestamp(),
            "repeats": 0,
            "labels": json.dumps(dict(alert.labels), sort_keys=True),
            "annotations": json.dumps(dict(alert.annotations), sort_keys=True),
            "ended_at": alert.ended_at,
        }
    )
    return True


def _delivery(row: Row) -> AlertDelivery:
    """What was delivered, as it was stored."""
    labels, annotations = json.loads(row["labels"]), json.loads(row["annotations"])
    begun = datetime.fromisoformat(row["starts_at"]).timestamp()
    return AlertDelivery(
        fingerprint=row["fingerprint"],
        status=row["status"],
        labels=labels,
        annotations=annotations,
        starts_at=row["starts_at"],
        started_at=begun,
        ended_at=row["ended_at"],
    )


def _take(desk: Desk, db: Database, outage: OutageRecord, now: datetime) -> list[str]:
    """Fit one telling into what is known; the number of a ticket it opened, if it did."""
    ticket = _overlapping(desk, outage)
    if ticket is None:
        return [_open(desk, db, outage, now)]
    # The journal knows the true end; Alertmanager tells when its rule or its patience was over.
    if outage.source == "watch":
        follow_journal(desk, db, ticket, outage, now)
    elif ticket["ended_at"] is None and outage.ended_at is not None and outage.ended_at > ticket["started_at"]:
        end_ticket(desk, db, ticket, outage, now)
    return []


def _overlapping(desk: Desk, outage: OutageRecord) -> Row | None:
    """The ticket this telling belongs to, if there is one.

    The watch's journal knows every outage by its start, so it is matched by that, or by being the one that is open.
    Alertmanager may keep the start of an earlier outage of the same root when two follow closely: any overlap is it.
    """
    # 9e17 and 9e18 stand for "not yet": later than any Unix time, the ticket's still later than the telling's.
    until = outage.ended_at if outage.ended_at is not None else 9e17
    if outage.source == "watch":
        return desk.store.row(
            # One that was over before this one began is another, however shortly before it began.
            "SELECT * FROM tickets WHERE root = ? AND (abs(started_at - ?) <= ? AND coalesce(ended_at, 9e18) > ?"
            " OR ended_at IS NULL AND started_at < ?) ORDER BY abs(started_at - ?) LIMIT 1",
            [outage.root, outage.started_at, SLACK_SECONDS, outage.started_at, until, outage.started_at],
        )
    return desk.store.row(
        "SELECT * FROM tickets WHERE root = ? AND started_at <= ? AND coalesce(ended_at, 9e18) >= ?"
        " ORDER BY started_at DESC LIMIT 1",
        [outage.root, until + SLACK_SECONDS, outage.started_at],
    )


def outage_since(store: Store, begin: datetime) -> bool:
    """Whether an outage lasts whose ticket was opened since then."""
    query = "SELECT count(*) FROM tickets WHERE ended_at IS NULL AND opened_at >= ?"
    return bool(store.value(query, [begin.timestamp()]))


def _just_over(desk: Desk, outage: OutageRecord) -> bool:
    """True where the last outage of this root ended shortly before, and no ticket of it is open."""
    last = desk.store.value("SELECT max(coalesce(ended_at, 9e18)) FROM tickets WHERE root = ?", [outage.root])
    return last is not None and last < outage.started_at <= last + JUST_OVER_SECONDS


def _open(desk: Desk, db: Database, outage: OutageRecord, now: datetime) -> str:
    outage = replace(
        outage, opds=outage.opds or _behind(desk, outage.root), kind=outage.kind or _kind(desk, outage.root)
    )
    begun = datetime.fromtimestamp(outage.started_at, UTC)
    # One office alone: the case is its own, and its page, letters and contacts follow from that.
    single = outage.opds[0] if len(outage.opds) == 1 else None
    summary = f"{title(desk.city, outage.root)}: {len(outage.opds)} OPD terputus"
    note = f"peringatan otomatis pemantau jaringan: {summary}"
    paper = Supplied(note=note, content={"offices": list(outage.opds)})
    command = OpenCase(
        sop=SOP,
        subject=summary,
        opd=single,
        form={"opd": single, "description": summary},
        documents={"surat": paper},
        channel="alert",
        emergency=True,
        # As the watch writes an outage's identity (``exporter.watch.outages``).
        origin=f"{outage.root}@{outage.started_at:.3f}",
        occurred_at=min(begun, now),
        priority=of_root(outage.kind),
    )
    number = open_inside(desk, db, command, ALERT, now).number
    db.table("tickets").insert(
        {
            "number": number,
            "root": outage.root,
            "kind": outage.kind,
            "cause": outage.cause,
            "offices": json.dumps(list(outage.opds)),
            "started_at": outage.started_at,
            "ended_at": outage.ended_at,
            "opened_at": now.timestamp(),
            "source": outage.source,
            "interruptions": outage.interruptions,
            "down_seconds": outage.summed,
        }
    )
    if outage.ended_at is not None:
        note_connected(desk, db, number, outage.started_at, outage, now)
    return number


def _behind(desk: Desk, root: str) -> tuple[str, ...]:
    """The offices the inventory puts behind a root: what the rule's alert cannot say when the watch is silent."""
    return next((branch.offices for branch in branches(desk.city) if branch.name == root), ())


def _kind(desk: Desk, root: str) -> str:
    """What the inventory says a root is."""
    return next((str(branch.kind) for branch in branches(desk.city) if branch.name == root), "link")


def _warn(db: Database, alert: AlertDelivery, now: datetime) -> None:
    db.table("warnings").upsert(
        {
            "fingerprint": alert.fingerprint,
            "alertname": alert.name,
            "severity": alert.labels.get("severity", "warning"),
            "summary": alert.annotations.get("summary", alert.name),
            "starts_at": alert.starts_at,
            "seen_at": now.timestamp(),
            "resolved_at": alert.ended_at,
        },
        pk="fingerprint",
    )
