"""What a page may cost: its SQL statements, held in a golden file. A page that asks more must say why in review.

The pages are asked over an archive of 300 cases, so that a statement for each row shows at once.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask.testing import FlaskClient
from tracker_office import MONDAY, new_desk

from request_tracker.bench.archive import fill
from request_tracker.cases import Desk
from request_tracker.config import TrackerConfig
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.people.accounts import Application, add_user
from request_tracker.people.sessions import begin_session
from request_tracker.web.access import SESSION_KEY
from request_tracker.web.app import create_app
from request_tracker.web.office import OfficeDesk, now

GOLDEN = Path(__file__).parents[1] / "golden" / "sql_statements.json"
PAGES = {
    "list": "/kasus",
    "list of open cases": "/kasus?status=terbuka",
    "search": "/kasus?q=SIMRS",
    "case": "/kasus/PKL-BW/2026/000120",
    "form": "/permohonan",
    "start": "/",
}


@contextmanager
def counted(desk: Desk) -> Iterator[list[str]]:
    """The statements that reach SQLite meanwhile; a line with ``--`` is what one of them does inside."""
    seen: list[str] = []

    def note(statement: str) -> None:
        if not statement.startswith("--"):
            seen.append(statement)

    desk.store.db.conn.set_trace_callback(note)
    yield seen
    desk.store.db.conn.set_trace_callback(None)


def staff(desk: Desk, folder: Path) -> FlaskClient:
    (folder / "secret").write_text("rahasia-sesi-yang-panjang", encoding="utf-8")
    config = TrackerConfig(
        inventory=Path("inventory/example/city.yaml"),
        database=desk.store.path,
        files=folder / "files",
        secret_key=f"file:{folder / 'secret'}",
    )
    client = create_app(OfficeDesk(config, desk, Prometheus("http://127.0.0.1:9")), testing=True).test_client()
    user = add_user(desk.store, Application("tim", "Tim", ("technician",), "sandi-yang-panjang"), now())
    with client.session_transaction() as session:
        session[SESSION_KEY] = begin_session(desk.store, user, now())
    return client


def test_every_page_asks_the_database_no_more_than_the_golden_file_says(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    fill(desk, 300, MONDAY)
    client = staff(desk, tmp_path)
    found = {}
    for name, address in PAGES.items():
        client.get(address)
        with counted(desk) as seen:
            assert client.get(address).status_code == 200
        found[name] = len(seen)
    desk.store.close()
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))
