"""A whole tracker on loopback for the browser's stories: its people, a Prometheus that knows one OPD, a true shaper."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests
from tracker_office import MBIT, true_proof
from tracker_site import NOW, PASSWORD, new_site
from werkzeug.serving import make_server

from lab.loopback import at_work
from request_tracker.cases import Allocation, Case, Desk, read_case
from request_tracker.ledger import allocations
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.people.sessions import add_token

PEOPLE = {
    "kadis": ("Kepala Dinas", "head_of_office"),
    "kabid": ("Kepala Bidang", "head_of_division"),
    "kasi": ("Kepala Seksi", "head_of_section"),
    "teknisi": ("Teknisi Jaringan", "technician"),
    "kasubag": ("Kasubag TU", "secretariat"),
    "noc": ("Operator NOC", "noc_operator"),
    "auditor": ("Auditor Contoh", "auditor"),
    "admin": ("Administrator", "admin"),
}
MEASURED = 2_400_000.0
SAMPLES = 12 * 288


@dataclass(frozen=True)
class Tracker:
    """A tracker that answers on loopback, and the desk behind it."""

    desk: Desk
    url: str
    token: str

    def case(self, number: str) -> Case:
        """The case as it stands."""
        return read_case(self.desk, number)

    def shaped(self) -> None:
        """The shaping agent has applied the ledger, reads it back and posts its proof."""
        proof = true_proof(self.desk, datetime.now(UTC))
        head = {"Authorization": f"Bearer {self.token}"}
        answer = requests.post(f"{self.url}/api/proofs", json=proof, headers=head, timeout=120)
        assert answer.status_code == 200 and answer.json()["matches"], answer.text


@contextmanager
def served(folder: Path) -> Iterator[Tracker]:
    """The tracker over a fresh database, 20 Mbit/s for every OPD; ends with the block."""
    with at_work(_prometheus()) as measuring:
        site = new_site(folder, measuring)
        for login, (name, role) in PEOPLE.items():
            add_user(site.desk.store, NewAccount(login, name, (role,), PASSWORD), NOW)
        opening = Allocation(2 * MBIT, 20 * MBIT, 2 * MBIT, 20 * MBIT)
        changes = [allocations.Change(opd.code, opening, "system", None, "saldo awal") for opd in site.desk.city.opds]
        with site.desk.store.transaction() as db:
            allocations.write(site.desk.store, db, changes, NOW - timedelta(days=30))
        token = add_token(site.desk.store, "pembentuk", ["proofs:write"], NOW)
        with at_work(make_server("127.0.0.1", 0, site.client.application, threaded=True)) as url:
            yield Tracker(site.desk, url, token)
        site.desk.store.close()


def _prometheus() -> ThreadingHTTPServer:
    """Twelve days measured at one rate: as much of a Prometheus as an evidence sheet asks for."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            value = SAMPLES if "count_over_time" in self.path else MEASURED
            vector = [{"metric": {"device": "dist-utara"}, "value": [NOW.timestamp(), str(value)]}]
            result = [] if "query_range" in self.path else vector
            body = json.dumps({"status": "success", "data": {"resultType": "vector", "result": result}}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    return ThreadingHTTPServer(("127.0.0.1", 0), Answers)
