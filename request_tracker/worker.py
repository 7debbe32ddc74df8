"""The tracker's own work beside the pages: a table of duties in, one thread that does each when it is due.

Reconciling asks the watch's journal and Alertmanager at start and every minute, because a webhook that came and went
while the tracker was down never comes again. A duty that fails leaves the others going (``runtime.jobs``).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import requests

from request_tracker.capacity.registration import register_pending
from request_tracker.capacity.waiting_list import tell_of_room
from request_tracker.cases import Desk
from request_tracker.cases.holidays import with_own_days
from request_tracker.config import TrackerConfig
from request_tracker.custody.office_files import record_office_files
from request_tracker.errors import TrackerError
from request_tracker.evidence.monitoring import monitoring_of
from request_tracker.evidence.uptime_days import keep_recent
from request_tracker.notifications.allocation_ends import tell_allocation_ends
from request_tracker.notifications.calendar_reminder import remind_calendar
from request_tracker.notifications.delivery import send_outbox
from request_tracker.notifications.disposition_digest import tell_dispositions
from request_tracker.notifications.evaluation_reminder import remind_evaluation
from request_tracker.notifications.fallback_change import tell_fallback
from request_tracker.notifications.handing_on import hand_on
from request_tracker.notifications.inbox_reminders import remind_inbox
from request_tracker.notifications.late_list import tell_late
from request_tracker.notifications.monthly_summary import TURN_SECONDS, tell_months
from request_tracker.notifications.promise_reminders import remind_promises
from request_tracker.notifications.reminders import end_pauses, remind
from request_tracker.notifications.watchdog import tell_silence
from request_tracker.outages.back_again import tell_ends
from request_tracker.outages.follow import escalate, follow_calls, follow_estimates
from request_tracker.outages.outage_reports import OutageRecord, Telling, read_journal, read_list
from request_tracker.outages.planned_time import keep_planned
from request_tracker.outages.reported import end_reported
from request_tracker.outages.silenced import follow_silences
from request_tracker.outages.tickets import ended_outages, outage_since, reconcile
from request_tracker.outages.weekly_work import continue_weekly
from request_tracker.outages.work_silences import place_silences
from request_tracker.store.acting import JOB, Acting, acting_as
from request_tracker.store.clock import watch_clock
from request_tracker.store.parked_files import remove_abandoned
from runtime.bounded_http import Bounds, ask
from runtime.jobs import Job, Jobs, Next
from runtime.rows import RowsFailed
from runtime.supervision import JobThread

T = TypeVar("T")
Act = Callable[[Desk, TrackerConfig, datetime], object]
log = logging.getLogger(__name__)
PART = "tracker"
# A webhook that was lost is made good within a minute; calls and reminders are written in whole minutes.
EVERY_SECONDS = 60.0
# A message that somebody waits for at a page (a receipt, a call) leaves at once as a person feels it.
OUTBOX_SECONDS = 2.0
# The watch knows the cause of an outage some seconds after it told of it: so often the journal is read while a ticket
# is as young as this.
FRESH_OUTAGE, FRESH_SECONDS = timedelta(minutes=10), 5.0
# What changes by the month is looked at by the hour.
HOUR_SECONDS = 3600.0
# A day is over once; what was missed is made good within some hours, a few days at a time.
DAYS_SECONDS = 600.0
ASK_SECONDS = 5.0  # A neighbour in the same office answers at once or is down.
# The watch holds at most 20,000 outages of some 400 bytes; Alertmanager's list of a bad day is far smaller.
_BOUNDS = Bounds(ASK_SECONDS, 2 * ASK_SECONDS, 16 * 2**20)
LOOK_BACK = timedelta(days=30)  # A tracker that was away longer is brought up to date by hand.


@dataclass(frozen=True)
class Duty:
    """One job of the worker: ``act`` gets the desk with the office's own days; what it did is logged as ``event``.

    ``sooner``: true where it is due again after FRESH_SECONDS.
    """

    name: str
    act: Act
    event: str
    every_seconds: float = EVERY_SECONDS
    sooner: Callable[[Desk, datetime], bool] = lambda desk, now: False


DUTIES = (
    # First: what the others write after a clock was set back comes behind the line that says so.
    Duty("clock", lambda desk, _, now: watch_clock(desk.store, now), "clock_set_back"),
    Duty(
        "reconcile",
        lambda desk, config, now: reconcile(desk, known_outages(desk, config, now), now),
        "reconciled",
        sooner=lambda desk, now: outage_since(desk.store, now - FRESH_OUTAGE),
    ),
    # Before whatever asks whether work runs.
    Duty(
        "weekly_work",
        lambda desk, _, now: continue_weekly(desk.store, desk.calendar.zone, now),
        "weekly_work_announced",
    ),
    Duty("planned_time", lambda desk, _, now: keep_planned(desk, now), "planned_time_kept"),
    Duty(
        "silences",
        lambda desk, config, now: place_silences(desk.store, desk.city, config.alertmanager, now),
        "silences_placed",
    ),
    Duty("silenced", lambda desk, config, now: follow_silences(desk, config.alertmanager, now), "silences_followed"),
    Duty("reported_ends", lambda desk, _, now: end_reported(desk, now), "reported_ended"),
    Duty("escalation", lambda desk, _, now: escalate(desk, now), "called"),
    Duty("ends", lambda desk, _, now: tell_ends(desk, now), "ends_told"),
    Duty("watchdog", lambda desk, _, now: tell_silence(desk, now), "watchdog_silent"),
    Duty("estimates", lambda desk, _, now: follow_estimates(desk, now), "estimates_asked"),
    Duty("calls", lambda desk, _, now: follow_calls(desk, now), "calls_reminded"),
    Duty("pauses", lambda desk, _, now: end_pauses(desk, now), "pauses_ended"),
    Duty("reminders", lambda desk, _, now: remind(desk, now), "reminded"),
    Duty("allocation_ends", lambda desk, _, now: tell_allocation_ends(desk, now), "allocation_ends_told"),
    Duty("fallback", lambda desk, _, now: tell_fallback(desk, now), "fallback_told"),
    Duty("promises", lambda desk, _, now: remind_promises(desk, now), "promises_warned"),
    Duty("inbox", lambda desk, _, now: remind_inbox(desk, now), "inbox_reminded"),
    Duty("handing_on", lambda desk, _, now: hand_on(desk, now), "handed_on"),
    Duty("late_list", lambda desk, _, now: tell_late(desk, now), "late_told"),
    Duty(
        "registration",
        lambda desk, config, now: register_pending(desk, monitoring_of(config), now),
        "registered_in_monitoring",
    ),
    Duty("dispositions", lambda desk, _, now: tell_dispositions(desk, now), "dispositions_told"),
    Duty("waiting_list", lambda desk, _, now: tell_of_room(desk, now), "room_appeared"),
    Duty(
        "calendar",
        lambda desk, config, now: remind_calendar(desk, config.calendar.ramadan, now),
        "",
        HOUR_SECONDS,
    ),
    Duty("evaluation", lambda desk, _, now: remind_evaluation(desk, now), "evaluation_told"),
    # A few at a time: of each the monitoring is asked for a month.
    Duty("monthly", lambda desk, config, now: tell_months(desk, config, now), "months_told", TURN_SECONDS),
    Duty(
        "parked_files",
        lambda desk, config, now: remove_abandoned(desk.store, config.files, now),
        "parked_files_removed",
        HOUR_SECONDS,
    ),
    Duty("office_files", lambda desk, config, _: record_office_files(desk.store, config), "office_files_changed"),
    Duty(
        "measured_days",
        lambda desk, config, now: keep_recent(desk, monitoring_of(config), now),
        "measured_days_kept",
        DAYS_SECONDS,
    ),
    # Last of the table: what the duties before it have written leaves in the same round.
    Duty("outbox", lambda desk, config, now: send_outbox(desk, config, now), "", OUTBOX_SECONDS),
)


def table(desk: Desk, config: TrackerConfig) -> tuple[Job, ...]:
    """The duties as jobs over that desk."""
    return tuple(Job(duty.name, duty.every_seconds, _work(duty, desk, config)) for duty in DUTIES)


class Worker:
    """``start`` begins the thread, ``stop`` ends it."""

    def __init__(self, desk: Desk, config: TrackerConfig) -> None:
        self.jobs = Jobs(PART, table(desk, config))
        self._thread = JobThread(self.jobs, "worker", leave=desk.store.close)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the present piece of work."""
        self._thread.stop(ASK_SECONDS * 3)

    def hurry(self) -> None:
        """An outage was told: ask the journal now, because Alertmanager may have merged it with an earlier one.

        All that follows from it is due too: whoever must be called is called now and not within a minute.
        """
        self._thread.hurry(*(name for name in self.jobs.states))


def _work(duty: Duty, desk: Desk, config: TrackerConfig) -> Callable[[], Next | None]:
    def work() -> Next | None:
        try:
            with acting_as(Acting("system", JOB)):
                # Read anew for each duty: somebody may have added a holiday a minute ago.
                result = duty.act(with_own_days(desk), config, datetime.now(UTC))
        except RowsFailed as failed:
            # What the other rows gave was done all the same; the runner tells of those that failed.
            _say(duty, failed.results)
            raise
        _say(duty, result)
        return Next(FRESH_SECONDS) if duty.sooner(desk, datetime.now(UTC)) else None

    return work


def _say(duty: Duty, result: object) -> None:
    if duty.event and result:
        log.info("event=%s job=%s result=%s", duty.event, duty.name, _text(result))


def _text(result: object) -> str:
    """Numbers of cases and tickets, as they are; nothing of a person stands in them."""
    if not isinstance(result, list):
        return str(result)
    return ",".join("/".join(item) if isinstance(item, tuple) else str(item) for item in result)


def known_outages(desk: Desk, config: TrackerConfig, now: datetime) -> list[Telling]:
    """What the watch's journal and Alertmanager know; a silent one is logged and left out.

    Only once the journal has been read whole are the ends believed that Alertmanager told.
    """
    outages: list[Telling] = []
    since = (now - LOOK_BACK).timestamp()
    if config.watch:
        # The journal first: it alone knows whether what Alertmanager calls resolved really ended.
        journal = _answer_of(f"{config.watch.rstrip('/')}/outages?since={since:.0f}", read_journal)
        outages += journal or []
        whole = [outage for outage in journal or [] if isinstance(outage, OutageRecord)]
        if journal is not None and whole == journal:
            lasting = {outage.root for outage in whole if outage.ended_at is None}
            outages += ended_outages(desk, lasting, since)
    if config.alertmanager:
        outages += _answer_of(f"{config.alertmanager.rstrip('/')}/api/v2/alerts?active=true", read_list) or []
    return outages


def _answer_of(url: str, read: Callable[[Any], list[T]]) -> list[T] | None:
    """What a neighbour knows; None where it does not answer."""
    try:
        answer = ask("GET", url, _BOUNDS)
        if answer.status != 200:
            raise TrackerError(f"status {answer.status}")
        return read(answer.json())
    except (requests.RequestException, ValueError, TrackerError) as error:
        log.warning("event=reconcile_silent url=%s reason=%r", url, type(error).__name__)
        return None
