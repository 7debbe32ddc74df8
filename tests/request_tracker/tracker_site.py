"""The pages through Flask's own client: one site, people who log in, forms sent with their token."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from flask.testing import FlaskClient
from tracker_office import CITY
from tree import EXAMPLE_CITY

from request_tracker.cases import Desk, OpenCase, Supplied, Who, context, open_case
from request_tracker.config import Office, TrackerConfig
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.inbox.entries import open_entries
from request_tracker.inbox.sorting import accept
from request_tracker.letters.sop_files import shipped_sops
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.sop.register import approve
from request_tracker.store.database import Store, migrate
from request_tracker.web.app import create_app
from request_tracker.web.shell.context import OfficeDesk

NOW = datetime.now(UTC)
PASSWORD = "sandi-yang-panjang"
PUBLIC = Who("public:form", frozenset({"requester"}))
OFFICE = Office(
    product="Jaringan Contoh",
    complaint_channels=("Loket Dinas", "SP4N-LAPOR!: lapor.go.id"),
    related_sops={"SOP Monitoring Jaringan": "https://sop.invalid/monitoring"},
)


@dataclass(frozen=True)
class Site:
    """A desk with a browser on it."""

    desk: Desk
    client: FlaskClient

    def get(self, page: str) -> str:
        """The text of a page that must be there."""
        answer = self.client.get(page)
        assert answer.status_code == 200, (page, answer.status_code, answer.location)
        return answer.text

    def post(self, page: str, form: str | None = None, **values: Any) -> Any:
        """Send a form with the token that stands on ``form`` (the page itself if not told)."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(form or page).text)
        assert found is not None, f"no form on {form or page}"
        answer = self.client.post(page, data={"csrf_token": found[1], **values})
        # A public form leads to the receipt's own address, as a browser goes there.
        receipt = (answer.location or "").partition("?")[0].endswith("/tanda-terima")
        return self.client.get(answer.location) if receipt else answer

    def enter(self, *roles: str, login: str = "") -> int:
        """Make an account with these roles and log in with it; its number."""
        login = login or roles[0].replace("_", "-")
        user = add_user(self.desk.store, NewAccount(login, f"Nama {login}", roles, PASSWORD), NOW)
        self.log_in(login)
        return user

    def log_in(self, login: str, password: str = PASSWORD) -> Any:
        """Log in as somebody, whoever was in before."""
        self.client.delete_cookie("session")
        return self.post("/masuk", login=login, password=password)

    def accepted(self, receipt: str) -> str:
        """Take in what the receipt is of; the number of its case."""
        found = re.search(r'id="tanda-terima">TT-(\d+)<', receipt)
        assert found is not None, "no receipt of the inbox"
        return accept(self.desk, int(found[1]), "user:0", datetime.now(UTC)).number

    def accept_all(self) -> list[str]:
        """Take in all that waits in the inbox; the numbers of the cases."""
        at = datetime.now(UTC)
        return [accept(self.desk, entry.id, "user:0", at).number for entry in open_entries(self.desk)]

    def request(self, sop: str = "PKL-BW", **more: Any) -> Any:
        """Open a request an hour ago."""
        given = {"opd": "dinkes", "form": {"wanted_receive": "50 Mbit/s", "purpose": "uji"}, **more}
        given.setdefault("documents", {"surat": Supplied(note="surat menyusul")})
        return open_case(self.desk, OpenCase(sop, "Penambahan bandwidth", **given), PUBLIC, NOW - timedelta(hours=1))


@cache
def _prepared() -> bytes:
    """A database with the five SOPs in force, made once for a process: reading them is half of what a site costs."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "t.db"
        store = Store(path)
        migrate(store)
        for sop in shipped_sops():
            approve(store, sop, date(2020, 1, 1), "uji", NOW)
        store.close()
        return path.read_bytes()


def new_site(folder: Path, prometheus: str = "http://127.0.0.1:9", **settings: Any) -> Site:
    """A site whose Alertmanager, and Prometheus unless one is given, are silent; its wall is open to this machine."""
    example = EXAMPLE_CITY
    given = {"office": OFFICE, "live_traffic_from": (ip_network("127.0.0.0/8"),), **settings}
    config = TrackerConfig(
        inventory=example, database=folder / "t.db", files=folder / "files", secret_key="env:SESSION", **given
    )
    config.database.write_bytes(_prepared())
    # The example city is read once for a process, as the SOPs are.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(context, "read_city", lambda path, _: {EXAMPLE_CITY: CITY}[path])
        desk = context.desk_of(config)
    return Site(desk, create_app(OfficeDesk(config, desk, Prometheus(prometheus)), testing=True).test_client())
