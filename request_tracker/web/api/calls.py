"""The JSON API: Alertmanager's webhook in, allocations out, proofs in, metrics out (docs/reference/interfaces.md)."""

import json
from typing import Any

from flask import Response, current_app, jsonify, make_response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest

from request_tracker.capacity.fallback import fallback_page
from request_tracker.capacity.outlook_figures import OutlookFigures
from request_tracker.cases import find_cases, history
from request_tracker.cases.fold import fold
from request_tracker.cases.proofs import record_proof
from request_tracker.cases.queries import CaseFilter
from request_tracker.cases.readback import read_back_after
from request_tracker.config import token
from request_tracker.errors import NotStored, Refused, TrackerError
from request_tracker.ledger import allocations as ledger
from request_tracker.metrics import MachineFigures, TrackerFigures
from request_tracker.outages.outage_reports import read_webhook
from request_tracker.outages.tickets import deliver
from request_tracker.store.database import DatabaseError
from request_tracker.web.api import schemas
from request_tracker.web.api.case_search import CASE_SEARCH
from request_tracker.web.api.openapi import document
from request_tracker.web.shell.access import bearer, needs_scope, refused, same
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import read_values
from request_tracker.web.shell.live import live
from request_tracker.web.shell.pages import Conduct, PageGroup
from runtime import finite_json
from runtime.release import RELEASE
from runtime.rows import RowsFailed

# Room for a proof of some ten thousand OPDs: a row of what was read back is about 100 bytes, an OPD has two.
MAX_BODY_BYTES = 4 * 2**20
pages = PageGroup("api", __name__, Conduct(csrf=False, once=False, most_bytes=MAX_BODY_BYTES))
_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
# Cases of one answer.
PAGE = 100


@pages.post("/api/alerts")
@seen_by(Audience.WEBHOOK, "alerts come in")
def alerts() -> Response:
    """Alertmanager's webhook. 200 when stored, 503 when it must come again."""
    reference = office().config.webhook_secret
    if reference is None:
        return refused(401, "no webhook_secret is configured; set it in the tracker and in Alertmanager")
    try:
        expected = token(reference)
    except TrackerError as error:
        return refused(503, f"not stored, send it again: {error}")
    if not same(bearer(), expected):
        return refused(401, "the webhook's secret is wrong; check credentials_file in Alertmanager")
    try:
        deliveries = read_webhook(_body())
    except TrackerError as error:
        return refused(400, str(error))
    try:
        # 503 makes Alertmanager send it again; a 4xx would make it forget the alert.
        opened = deliver(office().desk, deliveries, now(), journal=bool(office().config.watch))
    except (DatabaseError, TrackerError, OSError, RowsFailed) as error:
        # Of several alerts those that could be stored are: sent again they are repeats, which change nothing.
        return refused(503, f"not stored, send it again: {error}")
    # Only an outage hurries: other alerts are told in the worker's next round anyway.
    if any(alert.outage("alert") for alert in deliveries):
        office().hurry()
    return jsonify({"stored": len(deliveries), "opened": opened})


@pages.get("/api/allocations")
@needs_scope("allocations:read")
def allocations() -> Response:
    """The ledger in force, and after which moment it shall have been read back."""
    desk, at = office().desk, now()
    again_after = read_back_after(desk, at)
    extra: dict[str, Any] = {"read_back_after": again_after.timestamp() if again_after else None}
    if any(uplink.fallback for uplink in desk.city.uplinks):
        extra |= {"fallbacks": fallback_page(desk.store)}
    answer = jsonify(ledger.current_allocations(desk.store, at) | extra)
    # The agent asks every second, so that a signature is in force within five: where nothing changed it is told so.
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@pages.post("/api/proofs")
@needs_scope("proofs:write")
def proofs() -> Response:
    """A proof of the shaping agent; a repetition is accepted and changes nothing."""
    try:
        body = _body()
        if not isinstance(body, dict):
            raise TrackerError("proof: must be an object")
        verdict = record_proof(office().desk, body, now())
    except (DatabaseError, NotStored) as error:
        return refused(503, f"not stored, send it again: {error}")
    except TrackerError as error:
        return refused(400, str(error))
    answer = {"accepted": True, "matches": verdict.matches, "problems": verdict.problems, "finished": verdict.finished}
    return jsonify(answer)


@pages.get("/api/cases")
@needs_scope("cases:read")
def cases() -> Response:
    """A page of cases."""
    query = read_values(CASE_SEARCH)
    if query.faults:
        return refused(400, "; ".join(f"{key}: {fault.english}" for key, fault in query.faults.items()))
    first = query.number("offset")
    wanted = CaseFilter(text=query.text("q"), opd=query.text("opd") or None)
    rows = find_cases(office().desk, wanted, PAGE, first)
    after = first + PAGE if len(rows) == PAGE else None
    return jsonify(schemas.CaseList(cases=[schemas.row_out(row) for row in rows], next_offset=after).model_dump())


@pages.get("/api/cases/<path:number>")
@needs_scope("cases:read")
def case(number: str) -> Response:
    """One case with its chain."""
    try:
        events = history(office().desk, number)
    except Refused:
        return refused(404, "there is no case of that number")
    return jsonify(schemas.case_out(fold(events), events).model_dump())


@pages.get("/api/openapi.json")
@seen_by(Audience.EVERYBODY, "the description of the calls, no data")
def openapi() -> Response:
    """The document of this API."""
    groups = (group for group in current_app.blueprints.values() if isinstance(group, PageGroup))
    return jsonify(document(RELEASE, [form for group in groups for form in group.forms]))


@pages.get("/metrics")
@live("open tickets, every OPD's allocation, this process's figures", programs=True)
def metrics() -> Response:
    """The tracker's metrics: they name open tickets and every OPD's allocation, as the wall does."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    here = office()
    registry.register(TrackerFigures(here.desk, here.jobs, here.reload, bool(here.config.backup.send)))
    registry.register(MachineFigures(here.config, here.server))
    registry.register(OutlookFigures(here.outlook, here.desk.calendar.zone))
    return make_response(generate_latest(registry), 200, {"Content-Type": CONTENT_TYPE_LATEST})


@pages.get("/api/health")
@seen_by(Audience.EVERYBODY, "ready or not, nothing else")
def health() -> Response:
    """Able to read its database, to write each of its disks, and its jobs at work; 503 where one is not."""
    ready = _ready()
    return make_response(jsonify({"ok": ready}), 200 if ready else 503)


@pages.get("/healthz")
@seen_by(Audience.EVERYBODY, "alive or not, nothing else")
def alive() -> Response:
    """The process answers: for a supervisor that restarts what does not."""
    return make_response("ok\n", 200, _PLAIN)


@pages.get("/readyz")
@seen_by(Audience.EVERYBODY, "ready or not, nothing else")
def ready() -> Response:
    """As ``/api/health``, for load balancers. What is wrong is in the log: strangers read this page."""
    return make_response("ready\n", 200, _PLAIN) if _ready() else make_response("not ready\n", 503, _PLAIN)


def _ready() -> bool:
    office().desk.store.value("SELECT 1")
    return not office().readiness.faults()


def _body() -> Any:
    raw = request.get_data(cache=False)
    if len(raw) > MAX_BODY_BYTES:
        raise TrackerError(f"the body is larger than {MAX_BODY_BYTES} bytes")
    try:
        body = finite_json.parse(raw)
        if b"\\ud" in raw.lower():
            # Half a surrogate pair is JSON to Python, but no text that any database takes.
            json.dumps(body, ensure_ascii=False).encode()
        return body
    except (ValueError, RecursionError) as error:
        raise TrackerError("the body is not JSON, or holds a number that is not finite") from error
