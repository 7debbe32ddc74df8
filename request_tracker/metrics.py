"""The tracker's metrics: the ledger's allocations, open cases and their clocks, tickets, the outbox, the machine.

A metric that is not in ``CATALOGUE`` does not exist. Written by prometheus-client; ticket numbers stand only in
``outage_unacknowledged_seconds`` and ``outage_ticket_info``, bounded by open tickets, and persons in no label.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from prometheus_client.registry import Collector

from request_tracker.capacity.outlook_figures import FULL
from request_tracker.cases import Desk
from request_tracker.cases.holidays import is_working_day
from request_tracker.cases.step_figures import STEP_METRICS, step_figures
from request_tracker.config import TrackerConfig
from request_tracker.custody.backup import last_backup
from request_tracker.custody.shipping import DRILLED, SENT, last
from request_tracker.inbox.entry import WAITING
from request_tracker.ledger import allocations
from request_tracker.notifications.watchdog import last_sign
from request_tracker.outages.call_trials import UNCONFIRMED, trial_figures
from request_tracker.outages.chain_figures import CHAIN_METRICS, chain_figures
from request_tracker.outages.work_figures import WORK, work_figures
from request_tracker.server.tally import CLOSED_FOR, REFUSED_FOR, ServerTally
from request_tracker.sop.sop_names import SopNames
from request_tracker.store.chain import stamp
from request_tracker.store.disk import kept_places, places
from request_tracker.store.outbox import CALM, LOOK_BACK, OUT_OF_THE_QUEUE, PAGES
from request_tracker.store.parked_files import parked
from request_tracker.store.picture_work import QUEUE
from request_tracker.store.upload_counts import counts
from runtime.disk import DISK_FREE, DISK_USE, DISK_USED, disk_samples
from runtime.families import Family, family
from runtime.jobs import JOB_METRICS, Jobs, job_samples
from runtime.metrics import PREFIX, Metric
from runtime.reload import RELOAD_METRICS, Reload


def _gauge(name: str, text: str, *labels: str) -> Metric:
    return Metric(f"{PREFIX}{name}", "gauge", text, labels)


ALLOCATION_RECEIVE = _gauge("opd_allocation_receive_bytes_per_second", "Ceiling towards the OPD, of the ledger.", "opd")
ALLOCATION_TRANSMIT = _gauge("opd_allocation_transmit_bytes_per_second", "Ceiling from the OPD, of the ledger.", "opd")
GUARANTEED_RECEIVE = _gauge("opd_guaranteed_receive_bytes_per_second", "Guarantee (CIR) towards the OPD.", "opd")
GUARANTEED_TRANSMIT = _gauge("opd_guaranteed_transmit_bytes_per_second", "Guarantee (CIR) from the OPD.", "opd")
REVISION = _gauge("ledger_revision", "Revision of the ledger in force.")
CASE_OPEN = _gauge("case_open", "Open cases by SOP and the step they stand at.", "sop", "step")
UNACKNOWLEDGED = _gauge("outage_unacknowledged_seconds", "Age of an outage nobody has taken on.", "ticket")
TICKET_INFO = _gauge(
    "outage_ticket_info",
    "Always 1; the ticket of a lasting outage, and whether somebody has taken it on: waiting, taken.",
    "root",
    "ticket",
    "state",
)
TICKETS = _gauge("outage_tickets_open", "Outage tickets whose case is open.")
CLOCK_SECONDS = Metric(
    f"{PREFIX}outage_clock_seconds_total",
    "counter",
    "Seconds from the start of outages to their detection, acknowledgement and restoration, summed (PKL-G-T).",
    ("clock",),
)
CLOCK_OUTAGES = Metric(f"{PREFIX}outage_clock_outages_total", "counter", "Outages in these sums.", ("clock",))
OUTBOX = _gauge("outbox_waiting", "Messages not sent yet.")
OUTBOX_OLDEST = _gauge("outbox_oldest_seconds", "Age of the oldest message that is due and not sent yet.")
PAGES_FAILED = _gauge(
    "outage_pages_not_delivered", "Calls for outages of the last 15 minutes that failed or had nobody to go to."
)
UPLOADS = Metric(
    f"{PREFIX}uploads_total", "counter", "Files handed in, by kind and what became of them.", ("kind", "ended")
)
PARKED = _gauge("parked_bytes", "Files that stand in no case yet, by who handed them in: strangers, staff.", "by")
INBOX = _gauge("inbox_waiting", "Entries of the inbox that wait for the office.")
INBOX_OLDEST = _gauge(
    "inbox_oldest_seconds", "Working seconds for which the oldest entry of the inbox has waited for the office."
)
OUTBOX_NOBODY = _gauge("outbox_unaddressed", "Messages of the last seven days for which nobody had an address.")

WORKING_DAY = _gauge(
    "office_working_day", "1 on a day on which the office works, in its zone and with its own days off."
)
WATCHDOG_LAST = _gauge("watchdog_last_timestamp_seconds", "When the alert that always fires last came in.")
BACKUP_LAST = _gauge("backup_last_timestamp_seconds", "The last backup; before the first one, of the first event.")
BACKUP_SENT = _gauge("backup_sent_last_timestamp_seconds", "The last backup off the machine, by backup.send.")
DRILL_LAST = _gauge("restore_drill_last_timestamp_seconds", "The last drill without fault; before it, as a backup's.")
DISK_FLOOR = _gauge("disk_floor_bytes", "Below it papers are refused (disk.least_free_megabytes).")
CONNECTIONS = _gauge("http_connections", "Connections of the tracker's pages that are open.")
HELD = _gauge("http_held_bytes", "Bodies of requests that are on their way or being worked on.")
CLOSED = Metric(f"{PREFIX}http_connections_closed_total", "counter", "Connections closed by us.", ("reason",))
REFUSED = Metric(f"{PREFIX}http_requests_refused_total", "counter", "Requests refused before a page.", ("reason",))
PICTURES = _gauge("pictures", "Pictures and files being worked on, and waiting for it.", "state")
FILE_CHILDREN = Metric(
    f"{PREFIX}file_children_total",
    "counter",
    "Files read, by the child that read each: prepared, or new where none was.",
    ("child",),
)
MACHINE = (DISK_FREE, DISK_USED, DISK_FLOOR, CONNECTIONS, HELD, CLOSED, REFUSED, PICTURES, FILE_CHILDREN)

CATALOGUE = (
    ALLOCATION_RECEIVE,
    ALLOCATION_TRANSMIT,
    GUARANTEED_RECEIVE,
    GUARANTEED_TRANSMIT,
    REVISION,
    CASE_OPEN,
    *STEP_METRICS,
    UNACKNOWLEDGED,
    TICKET_INFO,
    TICKETS,
    CLOCK_SECONDS,
    CLOCK_OUTAGES,
    OUTBOX,
    OUTBOX_OLDEST,
    OUTBOX_NOBODY,
    PAGES_FAILED,
    WATCHDOG_LAST,
    BACKUP_LAST,
    BACKUP_SENT,
    DRILL_LAST,
    WORKING_DAY,
    *CHAIN_METRICS,
    UNCONFIRMED,
    WORK,
    FULL,
    *MACHINE,
    UPLOADS,
    PARKED,
    INBOX,
    INBOX_OLDEST,
    *JOB_METRICS,
    *RELOAD_METRICS,
)
_LEDGER = (
    (ALLOCATION_RECEIVE, "receive_ceiling"),
    (ALLOCATION_TRANSMIT, "transmit_ceiling"),
    (GUARANTEED_RECEIVE, "receive_guaranteed"),
    (GUARANTEED_TRANSMIT, "transmit_guaranteed"),
)


def _moment(at: float | None) -> list[tuple[tuple[str, ...], float]]:
    return [] if at is None else [((), at)]


class TrackerFigures(Collector):
    """Reads the database at every scrape; keeps nothing. ``jobs``: what works beside the pages; ``sends``: backups."""

    def __init__(
        self, desk: Desk, jobs: Sequence[Jobs] = (), reload: Reload[Desk] | None = None, sends: bool = False
    ) -> None:
        self._desk, self._jobs, self._reload = desk, jobs, reload
        self._sends = sends
        self._sops = SopNames(desk.store)

    def describe(self) -> Iterable[Family]:
        """The families without samples, so that registering reads no database."""
        return [family(metric) for metric in CATALOGUE if metric not in (*MACHINE, FULL)]

    def collect(self) -> Iterator[Family]:
        """Everything, now."""
        for declared, samples in job_samples(self._jobs):
            yield family(declared, samples)
        states = dict(self._reload.samples() if self._reload else ())
        for declared in RELOAD_METRICS:
            yield family(declared, states.get(declared, []))
        now = datetime.now(UTC)
        store = self._desk.store
        rows = allocations.effective_rows(store, now)
        for metric, column in _LEDGER:
            yield family(metric, [((row["opd"],), row[column]) for row in rows])
        yield family(REVISION, [((), allocations.revision_at(store, now))])
        open_cases = store.rows("SELECT sop, step, count(*) AS n FROM cases WHERE ending IS NULL GROUP BY sop, step")
        yield family(CASE_OPEN, [((row["sop"], row["step"] or ""), row["n"]) for row in open_cases])
        yield from step_figures(self._desk, self._sops, now)
        yield from self._tickets(now)
        yield from chain_figures(store, now)
        yield from trial_figures(store, now)
        yield from work_figures(store, now)
        yield from self._outbox(now)
        yield family(WORKING_DAY, [((), int(is_working_day(self._desk, now)))])
        sign = last_sign(store)
        yield family(WATCHDOG_LAST, [((), sign.timestamp())] if sign else [])
        backup = last_backup(store)
        yield family(BACKUP_LAST, _moment(backup))
        yield family(BACKUP_SENT, _moment(last(store, SENT, now)) if self._sends else [])
        yield family(DRILL_LAST, _moment(last(store, DRILLED, now)))
        yield family(UPLOADS, list(counts(store)))
        yield family(PARKED, [((by,), bytes_) for by, (_, bytes_) in parked(store).items()])
        yield from self._inbox(now)

    def _inbox(self, now: datetime) -> Iterator[Family]:
        """Nights and days off are nobody's delay: age counts as the office works, as its reminders do."""
        row = self._desk.store.row(_INBOX, [WAITING]) or {}
        oldest = datetime.fromisoformat(row["oldest"]) if row.get("oldest") else now
        yield family(INBOX, [((), row.get("n", 0))])
        yield family(INBOX_OLDEST, [((), self._desk.calendar.worked(min(oldest, now), now).total_seconds())])

    def _outbox(self, now: datetime) -> Iterator[Family]:
        """A calm message is not late while the office is closed, unless a try has failed."""
        working = self._desk.calendar.worked(now, now + timedelta(minutes=1)) > timedelta()
        queue = self._desk.store.row(_OUTBOX, ["" if working else CALM]) or {}
        yield family(OUTBOX, [((), queue.get("n", 0))])
        yield family(OUTBOX_OLDEST, [((), _age(queue.get("oldest"), now))])
        lost = self._desk.store.value(_NOBODY, [stamp(now - LOOK_BACK)])
        yield family(OUTBOX_NOBODY, [((), lost)])
        failed = self._desk.store.value(_PAGES_FAILED, [stamp(now - PAGES_LOOK_BACK)])
        yield family(PAGES_FAILED, [((), failed)])

    def _tickets(self, now: datetime) -> Iterator[Family]:
        rows = self._desk.store.rows(
            "SELECT t.number, t.root, t.started_at, t.acknowledged_at IS NOT NULL AS taken"
            " FROM tickets t JOIN cases c ON c.number = t.number WHERE c.ending IS NULL AND t.ended_at IS NULL"
        )
        ages = [((row["number"],), now.timestamp() - row["started_at"]) for row in rows if not row["taken"]]
        yield family(UNACKNOWLEDGED, ages)
        states = [(row["root"], row["number"], "taken" if row["taken"] else "waiting") for row in rows]
        yield family(TICKET_INFO, [(place, 1) for place in states])
        count = "SELECT count(*) FROM tickets t JOIN cases c ON c.number = t.number WHERE c.ending IS NULL"
        yield family(TICKETS, [((), self._desk.store.value(count))])
        sums = self._desk.store.row(_CLOCKS) or {}
        clocks = ("detect", "acknowledge", "restore")
        yield family(CLOCK_SECONDS, [((name,), sums.get(f"{name}_seconds") or 0.0) for name in clocks])
        yield family(CLOCK_OUTAGES, [((name,), sums.get(f"{name}_outages") or 0) for name in clocks])


class MachineFigures(Collector):
    """What the tracker takes of its machine: room on its disks, connections, bodies, pictures."""

    def __init__(self, config: TrackerConfig, tally: ServerTally) -> None:
        self._config, self._tally = config, tally

    def describe(self) -> Iterable[Family]:
        """The families without samples."""
        return [family(metric) for metric in MACHINE]

    def collect(self) -> Iterator[Family]:
        """Everything, now."""
        disks = places(self._config.database, self._config.files, self._config.backup.folder)
        yield family(*disk_samples(disks))
        stored = kept_places(self._config.database, self._config.files, self._config.backup.folder)
        yield family(*DISK_USE.samples(stored))
        yield family(DISK_FLOOR, [((), self._config.disk.floor_bytes)])
        yield family(CONNECTIONS, [((), self._tally.connections)])
        yield family(HELD, [((), self._tally.held_bytes)])
        # Every reason from the start, so that an increase from nothing is seen.
        yield family(CLOSED, [((reason,), self._tally.closed[reason]) for reason in CLOSED_FOR])
        yield family(REFUSED, [((reason,), self._tally.refused[reason]) for reason in REFUSED_FOR])
        standing = QUEUE.standing()
        yield family(PICTURES, [(("at_work",), standing.at_work), (("waiting",), standing.waiting)])
        yield family(FILE_CHILDREN, [((child,), count) for child, count in standing.files.items()])


_CLOCKS = (
    # Sums and counts, not means: Prometheus makes the mean of any span from the two.
    "SELECT sum(max(0, opened_at - started_at)) AS detect_seconds, count(*) AS detect_outages,"
    " sum(max(0, acknowledged_at - started_at)) AS acknowledge_seconds, count(acknowledged_at) AS acknowledge_outages,"
    " sum(max(0, ended_at - started_at)) AS restore_seconds, count(ended_at) AS restore_outages FROM tickets"
)
_OUTBOX = (
    "SELECT count(*) AS n, min(CASE WHEN channel <> ? OR attempts > 0 THEN created_at END) AS oldest"
    f" FROM outbox WHERE sent_at IS NULL AND next_at > '{OUT_OF_THE_QUEUE}'"
)
_INBOX = "SELECT count(*) AS n, min(complete_at) AS oldest FROM inbox WHERE ended_at IS NULL AND state = ?"
_NOBODY = f"SELECT count(*) FROM outbox WHERE sent_at IS NULL AND next_at = '{OUT_OF_THE_QUEUE}' AND created_at >= ?"
# As the metric's description says: a call that failed earlier was followed by the chain's next ones meanwhile.
PAGES_LOOK_BACK = timedelta(minutes=15)
_PAGES_FAILED = (
    f"SELECT count(*) FROM outbox WHERE sent_at IS NULL AND {PAGES}"
    f" AND (attempts > 0 OR next_at = '{OUT_OF_THE_QUEUE}') AND created_at >= ?"
)


def _age(moment: str | None, now: datetime) -> float:
    return (now - datetime.fromisoformat(moment)).total_seconds() if moment else 0.0
