"""The JSON API against its own document: valid, kept by the real answers, and no input makes the server fail."""

import json
from pathlib import Path

import hypothesis
import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from tracker_office import MONDAY, new_desk, request

from request_tracker.cases import Desk
from request_tracker.config import TrackerConfig
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.people.sessions import SCOPES, add_token
from request_tracker.web import schemas
from request_tracker.web.app import create_app
from request_tracker.web.office import OfficeDesk
from request_tracker.web.openapi import CALLS

EXAMPLES = 40


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


@pytest.mark.parametrize("call", [call for call in CALLS if call.scope], ids=lambda call: call.path)
def test_a_call_without_its_scope_is_refused(client: FlaskClient, bearers: dict[str, str], call: object) -> None:
    address, method = call.path.replace("{number}", "X"), call.method  # type: ignore[attr-defined]
    assert client.open(address, method=method).status_code == 401
    lesser = {"Authorization": f"Bearer {bearers['metrics:read']}"}
    assert client.open(address, method=method, headers=lesser).status_code in (401, 403)


def test_a_wrong_address_or_method_of_the_api_is_told_in_json(client: FlaskClient) -> None:
    for answer in (client.get("/api/nothing"), client.post("/api/health")):
        assert answer.status_code in (404, 405) and answer.get_json()["error"]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_schemathesis_finds_no_server_error(app: Flask, bearers: dict[str, str], call: object) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    operation = schema[call.path][call.method]  # type: ignore[attr-defined]
    head = {"Authorization": f"Bearer {bearers.get(call.scope or '', '')}"}  # type: ignore[attr-defined]

    @hypothesis.given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE))
    @hypothesis.settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True)
    def survives(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=head, checks=[not_a_server_error])

    survives()
