"""The JSON API: Alertmanager's webhook in, allocations out, proofs in, metrics out (docs/reference/interfaces.md)."""

import json
import re
from importlib.metadata import version
from typing import Any

from flask import Response, jsonify, make_response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest

from request_tracker.cases import find_cases, history
from request_tracker.cases.fold import fold
from request_tracker.cases.proofs import record_proof
from request_tracker.cases.queries import CaseFilter
from request_tracker.cases.readback import read_back_after
from request_tracker.config import token
from request_tracker.errors import NotStored, Refused, TrackerError
from request_tracker.ledger import allocations as ledger
from request_tracker.metrics import TrackerFigures
from request_tracker.outages.outage_reports import read_webhook
from request_tracker.outages.tickets import deliver
from request_tracker.store.database import DatabaseError
from request_tracker.web.api import schemas
from request_tracker.web.api.openapi import document
from request_tracker.web.shell.access import bearer, needs_scope, refused, same
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.form_values import MAX_SEARCH
from request_tracker.web.shell.pages import Conduct, PageGroup

pages = PageGroup("api", __name__, Conduct(csrf=False, once=False))
# Room for a proof of some ten thousand OPDs: a row of what was read back is about 100 bytes, an OPD has two.
MAX_BODY_BYTES = 4 * 2**20
# More cases than an office opens in a hundred years; a larger offset would only make the database count.
MAX_OFFSET = 1_000_000
# Cases of one answer.
PAGE = 100
FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-real-ip"})


@pages.post("/api/alerts")
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
    except (DatabaseError, TrackerError, OSError) as error:
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
    extra = {"read_back_after": again_after.timestamp() if again_after else None}
    return jsonify(ledger.current_allocations(desk.store, at) | extra)


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
    offset = request.args.get("offset", "0")
    if not re.fullmatch(r"[0-9]{1,7}", offset) or int(offset) > MAX_OFFSET:
        return refused(400, f"offset is a number from 0 to {MAX_OFFSET}")
    first = int(offset)
    wanted = CaseFilter(text=request.args.get("q", "")[:MAX_SEARCH], opd=request.args.get("opd"))
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
def openapi() -> Response:
    """The document of this API."""
    return jsonify(document(version("lebarpita")))


@pages.get("/metrics")
def metrics() -> Response:
    """The tracker's metrics: open to who asks this port itself, as Prometheus does; through a proxy by token alone.

    They name open tickets and every OPD's allocation, which a reverse proxy would hand to the whole internet.
    """
    passed_on = FORWARDED & {name.lower() for name, _ in request.headers}
    return _metrics_by_token() if passed_on else _metrics()


@needs_scope("metrics:read")
def _metrics_by_token() -> Response:
    return _metrics()


def _metrics() -> Response:
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(TrackerFigures(office().desk, office().jobs))
    return make_response(generate_latest(registry), 200, {"Content-Type": CONTENT_TYPE_LATEST})


@pages.get("/api/health")
def health() -> Response:
    """Alive and able to read its database."""
    office().desk.store.value("SELECT 1")
    return jsonify({"ok": True})


def _body() -> Any:
    raw = request.get_data(cache=False)
    if len(raw) > MAX_BODY_BYTES:
        raise TrackerError(f"the body is larger than {MAX_BODY_BYTES} bytes")
    try:
        body = json.loads(raw)
        if b"\\ud" in raw.lower():
            # Half a surrogate pair is JSON to Python, but no text that any database takes.
            json.dumps(body, ensure_ascii=False).encode()
        return body
    except (ValueError, RecursionError) as error:
        raise TrackerError("the body is not JSON") from error
