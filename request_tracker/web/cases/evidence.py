"""Evidence of a case: gathered from the monitoring at this moment, or as it was frozen; read and said to be read."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from inventory.topology import path_to
from request_tracker.capacity.waiting_list import wished
from request_tracker.cases import Allocation, Case, Supplied, history
from request_tracker.cases.actions import action_of
from request_tracker.cases.actions.action import Monitoring
from request_tracker.cases.actions.check_connected import CONNECTED, judgement
from request_tracker.cases.model import Data
from request_tracker.evidence.bandwidth import bandwidth_report
from request_tracker.evidence.ceilings import ceilings_of, within
from request_tracker.evidence.connected import ConnectionProposal, connected
from request_tracker.evidence.direction import hourly
from request_tracker.evidence.outage import report
from request_tracker.evidence.prometheus import NoData
from request_tracker.evidence.steps import DAY_SECONDS, on_the_grid
from request_tracker.evidence.usage import WINDOW_DAYS, Evidence, UseQuestion, gather
from request_tracker.evidence.use import WAYS, read_use
from request_tracker.letters.analysis.figures import take as analysis_figures
from request_tracker.letters.availability.figures import take as availability_figures
from request_tracker.letters.press.kinds import FigureSource
from request_tracker.letters.press.pictures import Limits
from request_tracker.letters.registry import paper_of
from request_tracker.outages.tickets import ticket
from request_tracker.sop.model import Document, Sop
from request_tracker.store.database import Row
from request_tracker.web.shell.boards import OPD_BOARD, board_address
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.graph_sizes import drawing_asked
from request_tracker.web.shell.sent_values import query_number

# Board and graph open on the window of the evidence.
BOARD_DAYS = 30
# A quarter, beside the month that the advice goes by.
LONGER_DAYS = 90


class _Monitoring(Monitoring):
    """What the actions ask of the monitoring, answered by Prometheus as it is now."""

    def analysis(self, case: Case) -> Data:
        """Where no office is named there is nothing to measure."""
        return analysis_now(case) if case.opd else {"at": now().timestamp(), "subject": case.subject}

    def availability(self, case: Case) -> Data:
        """Of every uplink."""
        return availability_now(case)

    def bandwidth(self, case: Case) -> Data:
        """Of the case's office."""
        return bandwidth_now(str(case.opd))

    def outage(self, case: Case) -> Data:
        """Of the case's line."""
        return outage_now(case)


def frozen(case: Case, document: Document) -> Supplied:
    """The evidence as it is this moment, with its queries, to be kept in the case: the action behind it says which."""
    ask = _Monitoring()
    content = action_of(document.automatic).measure(ask, case) if document.automatic else ask.outage(case)
    return Supplied(content=content)


def measured_now(case: Case, sop: Sop, word: str) -> Mapping[str, Any] | None:
    """What a paper of measured figures would hold this moment; None for a paper that holds none."""
    if case.kind == "outage":
        return outage_now(case)
    paper = paper_of(sop, word)
    measurement = paper.measurement if paper else None
    return measurement.take(_source(), case) if measurement and measurement.live and case.opd else None


def analysis_now(case: Case) -> dict[str, Any]:
    """The OPD's use and its uplink's room with the advice, as the monitoring says now (BTM-06)."""
    return dict(analysis_figures(_source(), case))


def availability_now(case: Case) -> dict[str, Any]:
    """What every uplink can still promise, as ledger and monitoring say now (KTM-05)."""
    return dict(availability_figures(_source(), case))


def bandwidth_now(opd: str) -> dict[str, Any]:
    """Thirty days of an OPD as the monitoring says now."""
    here = office()
    return bandwidth_report(here.prometheus, here.desk, opd, now(), here.config.evidence).data()


def _source() -> FigureSource:
    here = office()
    return FigureSource(here.prometheus, here.desk, now(), here.config.evidence)


def outage_now(case: Case) -> dict[str, Any]:
    """What the monitoring says of an outage now."""
    here = office()
    return report(here.prometheus, here.desk, _ticket(case), now().timestamp(), here.config.evidence).data()


def verdict_now(case: Case) -> ConnectionProposal:
    """What the monitoring proposes for the decision whether the line is back (PKL-G-08b)."""
    here = office()
    return connected(here.prometheus, here.desk.city, _ticket(case)["root"], now().timestamp())


def decided(case: Case, decision: str | None, note: str) -> Supplied:
    """The proposal beside the person's decision, to be kept; a decision against it needs its reason."""
    verdict = verdict_now(case)
    return Supplied(content=judgement(verdict.data(), verdict.reason, decision, note))


def _ticket(case: Case) -> Row:
    """The ticket of an outage; one that an office reported has its own line as its root."""
    row, city = ticket(office().desk, case.number), office().desk.city
    if row is not None:
        return row
    path = path_to(city, case.opd) if case.opd else ()
    return {
        "number": case.number,
        "root": path[-1] if path else "",
        "cause": "dilaporkan OPD",
        "offices": json.dumps([case.opd] if case.opd else []),
        "started_at": case.opened_at.timestamp(),
        "ended_at": _said_back(case),
    }


def _said_back(case: Case) -> float | None:
    """When a person decided that the line of a reported outage is back; None while nobody has."""
    said = [event for event in history(office().desk, case.number) if event.kind == "decided"]
    return said[-1].occurred_at.timestamp() if said and said[-1].data["label"] == CONNECTED else None


def seen_until(case: Case) -> datetime:
    """The last moment that a case's graph and board show: now, or a day after its end."""
    return now() if case.ended_at is None else min(now(), case.ended_at + timedelta(days=1))


def board_link(case: Case) -> str | None:
    """The OPD's board in Grafana over the time of this case (PKL-B-KT2); None where the office has no Grafana."""
    if case.opd is None:
        return None
    return board_address(OPD_BOARD, "opd", case.opd, (case.opened_at - timedelta(days=BOARD_DAYS), seen_until(case)))


def days_asked() -> int:
    """The window that the page's address asks for: that of the evidence, or the longer one."""
    return LONGER_DAYS if query_number("hari") == LONGER_DAYS else WINDOW_DAYS


def use_graph(case: Case, days: int) -> str | None:
    """The OPD's last days as SVG, with the ceilings in force and the asked ones; None where not measured."""
    here, end = office(), on_the_grid(seen_until(case).timestamp())
    try:
        receive, transmit = (
            read_use(here.prometheus, here.desk.city, (str(case.opd), way), end, days).points for way in WAYS
        )
    except NoData:
        return None
    if not receive and not transmit:
        return None
    limits = _limits(case, end, days)
    return drawing_asked()(hourly(receive), hourly(transmit), limits, here.desk.calendar.local, "id")


def _limits(case: Case, end: float, days: int) -> Limits:
    """The ceilings of the graph's window, each from when it was in force, and those that are asked for."""
    store, begin, wish = office().desk.store, end - days * DAY_SECONDS, wanted(case)
    ceilings = {way: within(ceilings_of(store, str(case.opd), way, end), begin, end) for way in WAYS}
    wishes = {way: getattr(wish, f"{way}_ceiling") for way in WAYS} if wish else {}
    return Limits(ceilings, wishes, office().prometheus.made_up_before)


def wanted(case: Case) -> Allocation | None:
    """The allocation a request asks for, by what its office holds now."""
    return wished(office().desk, case, now())


def usage(case: Case, wish: Allocation | None, days: int = WINDOW_DAYS) -> Evidence:
    """An OPD's use of so many days and its uplink's room, as they are now."""
    here = office()
    question = UseQuestion(str(case.opd), wish, now(), here.config.evidence, days)
    return gather(here.prometheus, here.desk, question)
