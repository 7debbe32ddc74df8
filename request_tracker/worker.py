"""The tracker's own work beside the pages: reconciling outages and sending the outbox. One thread, one loop.

Reconciling asks the watch's journal and Alertmanager at start and every minute, because a webhook that came and went
while the tracker was down never comes again.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import requests

from request_tracker.capacity.registration import register_pending
from request_tracker.capacity.waiting_list import tell_of_room
from request_tracker.cases import Desk
from request_tracker.cases.holidays import with_own_days
from request_tracker.config import TrackerConfig
from request_tracker.errors import TrackerError
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.notifications.delivery import send_outbox
from request_tracker.notifications.disposition_digest import tell_dispositions
from request_tracker.notifications.evaluation_reminder import remind_evaluation
from request_tracker.notifications.late_list import tell_late
from request_tracker.notifications.reminders import end_pauses, remind
from request_tracker.outages.follow import escalate, follow_calls, follow_estimates
from request_tracker.outages.maintenance import place_silences
from request_tracker.outages.outage_reports import Told, read_journal, read_list
from request_tracker.outages.reported import end_reported
from request_tracker.outages.tickets import ends_told, reconcile
from request_tracker.store.database import DatabaseError

T = TypeVar("T")
log = logging.getLogger(__name__)
EVERY_SECONDS = 60.0
OUTBOX_SECONDS = 2.0
ASK_SECONDS = 5.0
LOOK_BACK = timedelta(days=30)


class Worker:
    """``start`` begins the thread, ``stop`` ends it."""

    def __init__(self, desk: Desk, config: TrackerConfig) -> None:
        self._desk, self._config = desk, config
        self._over = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the present piece of work."""
        self._over.set()
        self._wake.set()
        self._thread.join(ASK_SECONDS * 3)

    def hurry(self) -> None:
        """An outage was told: ask the journal now, because Alertmanager may have merged it with an earlier one."""
        self._wake.set()

    def _run(self) -> None:
        due = 0.0
        while not self._over.is_set():
            moment = datetime.now(UTC)
            try:
                # Not the wall clock: set back by an hour it would leave outages unasked for that hour.
                if time.monotonic() >= due or self._wake.is_set():
                    self._wake.clear()
                    due = time.monotonic() + EVERY_SECONDS
                    opened = reconcile(self._desk, known_outages(self._desk, self._config, moment), moment)
                    if opened:
                        log.info("event=reconciled opened=%s", ",".join(opened))
                    follow_up(with_own_days(self._desk), self._config, moment)
                send_outbox(with_own_days(self._desk), self._config, moment)
            except (DatabaseError, TrackerError, OSError) as error:
                log.error("event=worker_failed reason=%r", str(error))
            self._wake.wait(OUTBOX_SECONDS)
        self._desk.store.close()


def follow_up(desk: Desk, config: TrackerConfig, now: datetime) -> None:
    """Call whoever is due, ask again where an estimate has passed, silence what is being worked on."""
    place_silences(desk.store, config.alertmanager, now)
    end_reported(desk, now)
    called = escalate(desk, now)
    asked = follow_estimates(desk, now) + follow_calls(desk, now)
    resumed = end_pauses(desk, now)
    reminded = remind(desk, now)
    late = tell_late(desk, now)
    if late:
        log.info("event=late_told steps=%d", late)
    registered = register_pending(desk, Prometheus(config.prometheus), now)
    if registered:
        log.info("event=registered_in_monitoring cases=%s", ",".join(registered))
    filed = tell_dispositions(desk, now)
    if filed:
        log.info("event=dispositions_told roles=%s", ",".join(filed))
    room = tell_of_room(desk, now)
    if room:
        log.info("event=room_appeared cases=%s", ",".join(room))
    evaluation = remind_evaluation(desk, now)
    if evaluation:
        log.info("event=evaluation_told quarter=%s", evaluation)
    if called or asked or resumed or reminded:
        counts = (len(called), len(asked), len(resumed), len(reminded))
        log.info("event=followed_up called=%d asked=%d resumed=%d reminded=%d", *counts)


def known_outages(desk: Desk, config: TrackerConfig, now: datetime) -> list[Told]:
    """What the watch's journal and Alertmanager know; a silent one is logged and left out.

    Only once the journal has been read are the ends believed that Alertmanager told.
    """
    found: list[Told] = []
    since = (now - LOOK_BACK).timestamp()
    if config.watch:
        journal = _asked(f"{config.watch.rstrip('/')}/outages?since={since:.0f}", read_journal)
        if journal is not None:
            lasting = {told.root for told in journal if told.ended_at is None}
            found += [*journal, *ends_told(desk, lasting, since)]
    if config.alertmanager:
        alerts = _asked(f"{config.alertmanager.rstrip('/')}/api/v2/alerts?active=true", read_list) or []
        found += [told for alert in alerts if (told := alert.outage("alert")) is not None]
    return found


def _asked(url: str, read: Callable[[Any], list[T]]) -> list[T] | None:
    """What a neighbour knows; None where it does not answer."""
    try:
        answer = requests.get(url, timeout=ASK_SECONDS)
        answer.raise_for_status()
        return read(answer.json())
    except (requests.RequestException, ValueError, TrackerError) as error:
        log.warning("event=reconcile_silent url=%s reason=%r", url, type(error).__name__)
        return None
