"""The pages and the API through Flask's own client: the form, the log-in, the webhook, the ledger out."""

import json
import re
from datetime import UTC, date, datetime
from io import BytesIO
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from request_tracker.cases.context import Desk, desk_of
from request_tracker.config import TrackerConfig
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.letters.sop_files import shipped_sops
from request_tracker.metrics import CATALOGUE
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.people.sessions import add_token
from request_tracker.sop.register import approve
from request_tracker.store.database import migrate
from request_tracker.web.app import create_app
from request_tracker.web.shell.context import OfficeDesk

NOW = datetime.now(UTC)
START = "2026-11-20T10:00:00Z"
OUTAGE = {
    "alertname": "LebarpitaOutage",
    "root": "agg-timur",
    "kind": "link",
    "severity": "critical",
    "sop": "PKL-G-01",
}
HEAD = {"Authorization": "Bearer rahasia-webhook"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = desk_of(
        TrackerConfig(inventory=Path("inventory/example/city.yaml"), database=tmp_path / "t.db", files=tmp_path)
    )
    migrate(made.store)
    for sop in shipped_sops():
        approve(made.store, sop, date(2020, 1, 1), "uji", NOW)
    return made


@pytest.fixture
def client(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setenv("WEBHOOK", "rahasia-webhook")
    monkeypatch.setenv("SESSION", "rahasia-sesi-yang-panjang")
    config = TrackerConfig(
        inventory=Path("inventory/example/city.yaml"),
        database=tmp_path / "t.db",
        files=tmp_path / "files",
        webhook_secret="env:WEBHOOK",
        secret_key="env:SESSION",
        live_traffic_from=(ip_network("127.0.0.0/8"),),
    )
    return create_app(OfficeDesk(config, desk, Prometheus("http://127.0.0.1:9")), testing=True).test_client()


def token(client: FlaskClient, page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return found[1]


def alerts(status: str, started: str = START, **labels: str) -> dict[str, Any]:
    ended = "2026-11-20T10:05:00Z" if status == "resolved" else "0001-01-01T00:00:00Z"
    annotations = {"offices": "rsud,dishub", "cause": "link_down", "summary": "terputus"}
    alert = {
        "status": status,
        "labels": OUTAGE | labels,
        "annotations": annotations,
        "startsAt": started,
        "endsAt": ended,
    }
    return {"version": "4", "alerts": [{**alert, "fingerprint": labels.get("root", "f1")}]}


def tickets(desk: Desk) -> list[dict[str, Any]]:
    return desk.store.rows("SELECT * FROM tickets ORDER BY id")


@pytest.mark.parametrize("page", ["/", "/wall", "/status", "/permohonan", "/masuk"])
def test_a_public_page_answers_without_prometheus_and_carries_its_guards(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    # Files of our own: the wall renews itself in its place, and a form with a file makes photographs small.
    script = {"/wall": "wall.js", "/permohonan": "small-picture.js"}.get(page, "none")
    text = answer.text.replace(f'<script src="/static/{script}" defer></script>', "", 1)
    assert "<script" not in text and " style=" not in text


def test_the_wall_says_that_the_data_is_missing(client: FlaskClient) -> None:
    assert "Tidak ada data pemantauan" in client.get("/wall").text


@pytest.mark.parametrize("page", ["/kasus", "/gangguan", "/kasus/PKL-BW/2026/000001"])
def test_staff_pages_lead_to_the_log_in(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    assert (answer.status_code, answer.location.split("?")[0]) == (302, "/masuk")


def filled(client: FlaskClient, **changed: str) -> dict[str, str]:
    values = {"opd": "dinkes", "contact_name": "Operator", "contact_phone": "0285 000", "wanted_receive": "50"}
    return {"csrf_token": token(client, "/permohonan"), "key": "k1", "purpose": "SIMRS", **values, **changed}


def test_PKL_B_01_a_request_gets_a_receipt_and_a_link_and_twice_the_same_receipt(
    client: FlaskClient, desk: Desk
) -> None:
    first, second = (client.post("/permohonan", data=filled(client), follow_redirects=True) for _ in range(2))
    number = re.search(r'id="tanda-terima">([^<]+)<', first.text)
    assert number is not None and number[1] in second.text
    assert desk.store.value("SELECT count(*) FROM inbox") == 1
    link = re.search(r'id="tautan" href="([^"]+)"', first.text)
    assert link is not None and "Menunggu diperiksa petugas" in client.get(link[1]).text


def test_PKL_S_01_and_04_a_notice_without_a_letter_is_taken_and_free(client: FlaskClient) -> None:
    answer = client.post("/permohonan", data=filled(client), follow_redirects=True)
    assert answer.status_code == 200 and "Gratis" in answer.text


def test_PKL_B_01_the_receipt_says_which_rates_were_read(client: FlaskClient) -> None:
    answer = client.post("/permohonan", data=filled(client, wanted_receive="50/20 Mbps"), follow_redirects=True)
    echo = answer.text[answer.text.index('id="dibaca"') :]
    assert "<strong>50 Mbit/s</strong>" in echo and "<strong>20 Mbit/s</strong>" in echo


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"opd": "entah"}, "OPD pemohon"),
        ({"purpose": ""}, "Peruntukan"),
        ({"wanted_receive": "cepat"}, "bukan kecepatan"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_opened(
    client: FlaskClient, desk: Desk, changed: dict[str, str], said: str
) -> None:
    answer = client.post("/permohonan", data=filled(client, **changed))
    assert answer.status_code == 422 and said in answer.text
    assert desk.store.value("SELECT count(*) FROM cases") == 0


def test_a_letter_that_is_no_letter_is_refused(client: FlaskClient) -> None:
    upload = (BytesIO(b"all: none"), "surat.pdf")
    answer = client.post("/permohonan", data={**filled(client), "letter": upload}, content_type="multipart/form-data")
    assert answer.status_code == 422 and "surat.pdf" in answer.text


def test_a_form_without_its_token_is_refused(client: FlaskClient) -> None:
    assert client.post("/permohonan", data={"opd": "dinkes"}).status_code == 400


def account(desk: Desk, *roles: str) -> None:
    add_user(desk.store, NewAccount("orang", "Orang Contoh", roles, "sandi-yang-panjang"), NOW)


def enter(client: FlaskClient, password: str = "sandi-yang-panjang", target: str = "") -> Any:
    page = f"/masuk?next={target}" if target else "/masuk"
    return client.post(page, data={"csrf_token": token(client, "/masuk"), "login": "orang", "password": password})


def test_log_in_log_out_and_the_session_is_over(client: FlaskClient, desk: Desk) -> None:
    account(desk, "technician")
    assert enter(client).location == "/kasus"
    assert "Menunggu saya" in client.get("/kasus").text
    client.post("/keluar", data={"csrf_token": token(client, "/kasus")})
    assert client.get("/kasus").status_code == 302


def test_the_old_cookie_replayed_after_the_log_out_opens_nothing(client: FlaskClient, desk: Desk) -> None:
    account(desk, "technician")
    enter(client)
    old = client.get_cookie("session")
    assert old is not None
    client.post("/keluar", data={"csrf_token": token(client, "/kasus")})
    client.set_cookie("session", old.value)
    assert client.get("/kasus").location.startswith("/masuk")


def test_five_wrong_passwords_lock_the_account(client: FlaskClient, desk: Desk) -> None:
    account(desk, "technician")
    assert {enter(client, "salah-salah-salah").status_code for _ in range(5)} == {401}
    assert enter(client).status_code == 401


@pytest.mark.parametrize("target", ["https://jahat.example", "//jahat.example", "/\\jahat.example"])
def test_a_log_in_never_leads_out_of_the_house(client: FlaskClient, desk: Desk, target: str) -> None:
    account(desk, "technician")
    assert enter(client, target=target).location == "/kasus"


@pytest.mark.parametrize(
    ("body", "head", "status", "said"),
    [
        ("{}", {}, 401, "secret is wrong"),
        ("{}", {"Authorization": "Bearer salah"}, 401, "secret is wrong"),
        ("{", HEAD, 400, "not JSON"),
        ("[]", HEAD, 400, "must be a list"),
        ('{"alerts": [7]}', HEAD, 400, "must be an object"),
        ('{"alerts": [{"status": "firing", "startsAt": "kemarin"}]}', HEAD, 400, "is not a time"),
    ],
)
def test_PKL_G_01a_a_webhook_that_is_none_gets_a_sentence(
    client: FlaskClient, body: str, head: dict[str, str], status: int, said: str
) -> None:
    answer = client.post("/api/alerts", data=body, headers=head)
    assert answer.status_code == status and said in answer.text


def test_PKL_G_01a_the_same_alert_twice_is_one_ticket_that_names_its_offices(client: FlaskClient, desk: Desk) -> None:
    for _ in range(2):
        assert client.post("/api/alerts", json=alerts("firing"), headers=HEAD).status_code == 200
    found = tickets(desk)
    assert [json.loads(row["offices"]) for row in found] == [["rsud", "dishub"]]
    assert desk.store.value("SELECT repeats FROM deliveries") == 1


def test_a_resolve_moves_the_ticket_on_and_does_not_close_its_case(client: FlaskClient, desk: Desk) -> None:
    for status in ("firing", "resolved", "firing"):
        client.post("/api/alerts", json=alerts(status), headers=HEAD)
    assert [row["ended_at"] for row in tickets(desk)] == [1795169100.0]
    assert desk.store.value("SELECT ending FROM cases") is None


def test_another_alert_is_a_warning_and_no_ticket(client: FlaskClient, desk: Desk) -> None:
    client.post("/api/alerts", json=alerts("firing", alertname="LebarpitaDeviceSilent"), headers=HEAD)
    assert tickets(desk) == []
    assert desk.store.value("SELECT alertname FROM warnings") == "LebarpitaDeviceSilent"


def told(start: float, end: float | None) -> OutageRecord:
    return OutageRecord("agg-timur", "link", "link_down", ("rsud",), start, end, "watch")


def test_an_outage_that_came_and_went_is_a_ticket_with_its_minutes(desk: Desk) -> None:
    begun = NOW.timestamp() - 600
    assert len(reconcile(desk, [told(begun, begun + 90)], NOW)) == 1
    assert reconcile(desk, [told(begun, begun + 90)], NOW) == []
    assert [row["ended_at"] - row["started_at"] for row in tickets(desk)] == [pytest.approx(90)]


def test_a_second_outage_of_the_same_root_is_a_second_ticket(desk: Desk) -> None:
    begun = NOW.timestamp() - 600
    reconcile(desk, [told(begun, begun + 60), told(begun + 70, None)], NOW)
    assert [row["ended_at"] is None for row in tickets(desk)] == [False, True]


def test_one_outage_told_by_both_paths_is_one_ticket_and_the_journals_end_is_right(
    client: FlaskClient, desk: Desk
) -> None:
    client.post("/api/alerts", json=alerts("firing"), headers=HEAD)
    client.post("/api/alerts", json=alerts("resolved"), headers=HEAD)
    begun = datetime.fromisoformat(START).timestamp()
    reconcile(desk, [told(begun - 2, begun + 250)], NOW)
    assert [row["ended_at"] for row in tickets(desk)] == [begun + 250]


@pytest.mark.parametrize(("role", "status"), [("technician", 302), ("secretariat", 403), ("auditor", 403)])
def test_PKL_G_ESC_only_those_on_duty_acknowledge(client: FlaskClient, desk: Desk, role: str, status: int) -> None:
    client.post("/api/alerts", json=alerts("firing"), headers=HEAD)
    account(desk, role)
    enter(client)
    number = tickets(desk)[0]["number"]
    answer = client.post(f"/gangguan/{number}/tangani", data={"csrf_token": token(client, "/kasus")})
    assert answer.status_code == status
    assert (tickets(desk)[0]["acknowledged_by"] is not None) is (status == 302)


def test_the_ledger_goes_out_only_to_a_token_of_its_scope(client: FlaskClient, desk: Desk) -> None:
    secret = add_token(desk.store, "agen", ["proofs:write"], NOW)
    assert client.get("/api/allocations").status_code == 401
    assert client.get("/api/allocations", headers={"Authorization": f"Bearer {secret}"}).status_code == 403
    secret = add_token(desk.store, "agen", ["allocations:read", "proofs:write"], NOW)
    body = client.get("/api/allocations", headers={"Authorization": f"Bearer {secret}"}).json
    keys = {"revision", "hash", "approved_at", "allocations", "read_back_after", "timed"}
    assert body is not None and set(body) == keys
    assert client.post("/api/proofs", json={}, headers={"Authorization": f"Bearer {secret}"}).status_code == 400


def test_the_metrics_page_is_read_and_holds_only_what_the_catalogue_declares(client: FlaskClient) -> None:
    client.post("/api/alerts", json=alerts("firing"), headers=HEAD)
    families = {family.name for family in text_string_to_metric_families(client.get("/metrics").text)}
    # The reader names a counter's family without its ending; what the process costs is prometheus-client's own family.
    ours = {name for name in families if not name.startswith("process_")}
    assert ours == {metric.name.removesuffix("_total") for metric in CATALOGUE}
    assert "process_start_time_seconds" in families
