"""The JSON API against its own document: valid, kept by the real answers, and no input makes the server fail."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import strategies
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from tracker_office import MONDAY, new_desk, request, true_proof

from request_tracker.cases import Desk
from request_tracker.config import TrackerConfig
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.people.sessions import SCOPES, add_token
from request_tracker.web.api import schemas
from request_tracker.web.api.openapi import CALLS, Call
from request_tracker.web.app import create_app
from request_tracker.web.shell.context import OfficeDesk

EXAMPLES, DEEP_EXAMPLES = 20, 40


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = new_desk(tmp_path_factory.mktemp("api"))
    request(made)
    return made


@pytest.fixture(scope="module")
def app(desk: Desk) -> Flask:
    folder = desk.store.path.parent
    (folder / "secret").write_text("rahasia-yang-panjang", encoding="utf-8")
    config = TrackerConfig(
        inventory=Path("inventory/example/city.yaml"),
        database=desk.store.path,
        files=folder / "files",
        secret_key=f"file:{folder / 'secret'}",
        webhook_secret=f"file:{folder / 'secret'}",
    )
    return create_app(OfficeDesk(config, desk, Prometheus("http://127.0.0.1:9")), testing=True)


@pytest.fixture(scope="module")
def bearers(desk: Desk) -> dict[str, str]:
    """A token for each scope; the webhook has its own secret."""
    made = {scope: add_token(desk.store, scope.replace(":", "-"), [scope], MONDAY) for scope in SCOPES}
    return {**made, "webhook": "rahasia-yang-panjang"}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_the_served_document_is_valid_openapi(client: FlaskClient) -> None:
    served = client.get("/api/openapi.json").get_json()
    assert served["openapi"].startswith("3.1")
    validate(served)


def test_every_route_of_the_api_stands_in_the_document(app: Flask) -> None:
    routes = {str(rule).replace("<path:", "{").replace(">", "}") for rule in app.url_map.iter_rules()}
    told = {call.path for call in CALLS} | {"/api/openapi.json"}
    assert {route for route in routes if route.startswith("/api/")} == told


def test_the_answers_are_what_the_document_says(client: FlaskClient, bearers: dict[str, str]) -> None:
    head = {"Authorization": f"Bearer {bearers['cases:read']}"}
    listed = schemas.CaseList.model_validate(client.get("/api/cases?q=bandwidth", headers=head).get_json())
    number = listed.cases[0].number
    case = schemas.CaseOut.model_validate(client.get(f"/api/cases/{number}", headers=head).get_json())
    assert (number, case.steps) == ("PKL-BW/2026/000001", ["PKL-B-02"])
    assert "0800000000" not in json.dumps(case.model_dump())
    head = {"Authorization": f"Bearer {bearers['allocations:read']}"}
    schemas.Allocations.model_validate(client.get("/api/allocations", headers=head).get_json())


def test_a_ledger_that_is_known_is_not_sent_again(client: FlaskClient, bearers: dict[str, str]) -> None:
    head = {"Authorization": f"Bearer {bearers['allocations:read']}"}
    first = client.get("/api/allocations", headers=head)
    again = client.get("/api/allocations", headers={**head, "If-None-Match": first.headers["ETag"]})
    other = client.get("/api/allocations", headers={**head, "If-None-Match": '"of-another-ledger"'})
    assert (first.status_code, again.status_code, other.status_code) == (200, 304, 200)
    assert again.data == b"" and other.get_json() == first.get_json()


@pytest.mark.parametrize("call", [call for call in CALLS if call.scope], ids=lambda call: call.path)
def test_a_call_without_its_scope_is_refused(client: FlaskClient, bearers: dict[str, str], call: Call) -> None:
    address, method = call.path.replace("{number}", "X"), call.method
    assert client.open(address, method=method).status_code == 401
    lesser = {"Authorization": f"Bearer {bearers['metrics:read']}"}
    assert client.open(address, method=method, headers=lesser).status_code in (401, 403)


def test_a_wrong_address_or_method_of_the_api_is_told_in_json(client: FlaskClient) -> None:
    for answer in (client.get("/api/nothing"), client.post("/api/health")):
        assert answer.status_code in (404, 405) and answer.get_json()["error"]


def statuses(app: Flask, bearers: dict[str, str], call: Call, mode: schemathesis.GenerationMode) -> set[int]:
    """What the API answers to such data; schemathesis sees to it that none is a server's error."""
    operation = schemathesis.openapi.from_wsgi("/api/openapi.json", app)[call.path][call.method]
    head = {"Authorization": f"Bearer {bearers.get(call.scope or '', '')}"}
    seen: set[int] = set()

    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis.settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True)
    def survives(case: schemathesis.Case[Any]) -> None:
        seen.add(case.call_and_validate(headers=head, checks=[not_a_server_error]).status_code)

    survives()
    return seen


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_schemathesis_finds_no_server_error(app: Flask, bearers: dict[str, str], call: Call) -> None:
    seen = statuses(app, bearers, call, schemathesis.GenerationMode.POSITIVE)
    assert seen & {200, 400, 404} and not seen & {401, 403}


@pytest.mark.parametrize("call", [call for call in CALLS if call.body or call.parameters], ids=lambda call: call.path)
def test_schemathesis_finds_no_server_error_with_invalid_data(app: Flask, bearers: dict[str, str], call: Call) -> None:
    seen = statuses(app, bearers, call, schemathesis.GenerationMode.NEGATIVE)
    assert seen & {400, 404}


NUMBERS = strategies.sampled_from([0, -1, 2**63, 2**64, 10**400, -0.0, 1e308, float("nan"), float("inf"), True])
ODD_TEXTS = strategies.sampled_from(
    ["", "\0", "\ud800", "x" * 5000, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"]
)
JSON = strategies.recursive(
    strategies.none() | NUMBERS | ODD_TEXTS | strategies.text(max_size=20),
    lambda inner: strategies.lists(inner, max_size=4) | strategies.dictionaries(strategies.text(max_size=5), inner),
    max_leaves=8,
)
OUTAGE = {"alertname": "LebarpitaOutage", "kind": "link", "severity": "critical", "root": "agg-timur"}
ALERT = {"status": "firing", "labels": OUTAGE, "annotations": {"cause": "link_down", "offices": "rsud"}}
TRUE_BODIES: dict[str, Callable[[Desk, datetime], dict[str, Any]]] = {
    "/api/proofs": true_proof,
    "/api/alerts": lambda _, now: {"alerts": [{**ALERT, "startsAt": now.isoformat(), "fingerprint": "f"}]},
}


@pytest.mark.parametrize("call", [call for call in CALLS if call.body], ids=lambda call: call.path)
def test_a_true_body_with_anything_at_any_place_is_no_server_error(
    client: FlaskClient, desk: Desk, bearers: dict[str, str], call: Call
) -> None:
    """Deeper than the schema: every place of a true body in turn holds any JSON, or is gone."""
    head = {"Authorization": f"Bearer {bearers[str(call.scope)]}"}
    body = TRUE_BODIES[call.path](desk, MONDAY)
    seen = {client.post(call.path, json=body, headers=head).status_code}
    every = list(places(body))

    @hypothesis.given(strategies.sampled_from(every), JSON)
    @hypothesis.settings(max_examples=DEEP_EXAMPLES, deadline=None, database=None, derandomize=True)
    def survives(place: tuple[str | int, ...], value: object) -> None:
        answer = client.post(call.path, data=json.dumps(put(body, place, value)), headers=head)
        assert answer.status_code < 500, (place, value, answer.text)
        seen.add(answer.status_code)

    survives()
    assert seen >= {200, 400}


@pytest.mark.parametrize(
    "value", [{"readback": [{"opd": [], "direction": "receive"}]}, {"problems": 5}, {"agent": "x" * 999}]
)
def test_a_proof_that_is_none_is_refused_and_not_kept(
    client: FlaskClient, desk: Desk, bearers: dict[str, str], value: dict[str, object]
) -> None:
    head = {"Authorization": f"Bearer {bearers['proofs:write']}"}
    kept = desk.store.value("SELECT count(*) FROM proofs")
    answer = client.post("/api/proofs", json={**true_proof(desk, MONDAY), **value}, headers=head)
    assert (answer.status_code, answer.get_json()["error"].startswith("proof: ")) == (400, True)
    assert desk.store.value("SELECT count(*) FROM proofs") == kept


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("call", [call for call in CALLS if call.body], ids=lambda call: call.path)
def test_a_number_that_is_not_finite_is_refused_at_every_door_and_nothing_is_kept(
    client: FlaskClient, desk: Desk, bearers: dict[str, str], call: Call, number: str
) -> None:
    head = {"Authorization": f"Bearer {bearers[str(call.scope)]}"}
    kept = [desk.store.value(f"SELECT count(*) FROM {table}") for table in ("proofs", "deliveries")]
    body = json.dumps({**TRUE_BODIES[call.path](desk, MONDAY), "read_at": "here"}).replace('"here"', number)
    answer = client.post(call.path, data=body, headers=head)
    assert answer.status_code == 400 and "not finite" in answer.text
    assert [desk.store.value(f"SELECT count(*) FROM {table}") for table in ("proofs", "deliveries")] == kept


def test_half_a_character_is_refused_and_a_whole_one_is_not(client: FlaskClient, bearers: dict[str, str]) -> None:
    head = {"Authorization": f"Bearer {bearers['webhook']}"}
    for sent, status in (("\ud83d", 400), ("\U0001f4e1", 200)):
        alert = {**ALERT, "startsAt": MONDAY.isoformat(), "fingerprint": "g", "annotations": {"summary": sent}}
        assert client.post("/api/alerts", json={"alerts": [alert]}, headers=head).status_code == status


def places(value: Any, here: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to everything inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*here, key)
        yield from places(one, (*here, key))


def put(value: Any, place: tuple[str | int, ...], new: object) -> Any:
    """The value with something else at one place."""
    if not place:
        return new
    copy = value.copy()
    copy[place[0]] = put(copy[place[0]], place[1:], new)
    return copy


@pytest.mark.parametrize("offset", ["-1", "x", "1" * 9, "0" * 8 + "9" * 30, "9" * 5000, "１"])
def test_an_offset_that_is_none_is_refused(client: FlaskClient, bearers: dict[str, str], offset: str) -> None:
    head = {"Authorization": f"Bearer {bearers['cases:read']}"}
    assert client.get("/api/cases", query_string={"offset": offset}, headers=head).status_code == 400


def test_a_webhook_whose_own_secret_is_gone_comes_again(
    client: FlaskClient, app: Flask, bearers: dict[str, str]
) -> None:
    path = app.extensions["office"].desk.store.path.parent / "secret"
    kept = path.read_bytes()
    path.write_bytes(bytes(range(224, 256)))
    answer = client.post("/api/alerts", json={"alerts": []}, headers={"Authorization": f"Bearer {bearers['webhook']}"})
    path.write_bytes(kept)
    assert answer.status_code == 503
    assert "send it again: secret file:" in answer.get_json()["error"]
