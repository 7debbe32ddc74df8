"""Every page of every role over an office at work: the office, its people's browsers, and each page they can open."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flask.testing import FlaskClient
from page_routes import routes
from tracker_site import NOW, PUBLIC, Site, new_site

from request_tracker.cases import OpenCase, open_case
from request_tracker.outages.outage_reports import AlertDelivery, OutageRecord
from request_tracker.outages.tickets import deliver, reconcile
from request_tracker.people.accounts import NewAccount, add_user_inside
from request_tracker.people.roles import ROLES
from request_tracker.people.sessions import begin_session
from request_tracker.web.shell.access import SESSION_KEY

# Sends no page, or ends the log-in.
LEFT_OUT = ("login.logout", "language.change")
NO_PAGES = ("/static/", "/api/", "/metrics")
# What the addresses of the routes table cannot know: the cases of this office.
MORE = (
    *("/kasus/PKL-GG/2026/000001", "/gangguan/PKL-GG/2026/000001", "/kasus/PKL-GG/2026/000002"),
    *("/gangguan/PKL-GG/2026/000002", "/gangguan/PKL-GG/2026/000003", "/kasus/PKL-PG/2026/000001"),
    *("/kasus/baru?sop=PKL-BW", "/pemakai?opd=dinkes", "/agenda?arah=keluar", "/sop/PKL-GG", "/noc?urut=umur"),
    "/wall?gambar=peta",
)


@dataclass
class WalkedOffice:
    """A site and a browser of each role, ``stranger`` for nobody; pages that were opened once are remembered."""

    site: Site
    people: dict[str, FlaskClient]
    _opened: dict[str, dict[str, str]] = field(default_factory=dict)

    def pages(self, role: str) -> dict[str, str]:
        """The HTML of each page this person can open, by its address."""
        if role not in self._opened:
            self._opened[role] = dict(self._walk(self.people[role]))
        return self._opened[role]

    def _walk(self, client: FlaskClient) -> Iterator[tuple[str, str]]:
        table = routes(self.site.client.application)
        addresses = [a for name, method, a in table if method == "GET" and name not in LEFT_OUT]
        for address in dict.fromkeys((*addresses, *MORE)):
            if address.startswith(NO_PAGES):
                continue
            answer = client.get(address)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                yield address, answer.text


def walked_office(folder: Path) -> WalkedOffice:
    """One office with a request, a complaint, an outage of a line, of an uplink and of a device, and a warning."""
    made = new_site(folder)
    made.request()
    open_case(made.desk, OpenCase("PKL-PG", "Pengaduan", None, {"description": "lambat"}), PUBLIC, NOW)
    begun = NOW.timestamp() - 120
    reconcile(
        made.desk,
        [
            OutageRecord("agg-timur", "link", "link_down", ("rsud", "dishub"), begun, None, "watch"),
            OutageRecord("isp-utama", "uplink", "silent", ("rsud",), begun, None, "watch"),
            OutageRecord("core", "device", "device_down", ("rsud",), begun, begun + 60, "watch"),
        ],
        NOW,
    )
    labels = {"alertname": "LebarpitaDeviceSilent", "severity": "warning", "device": "agg"}
    notes = {"summary": "Router agregasi tidak menjawab SNMP 10 menit"}
    warned = AlertDelivery(
        fingerprint="f1",
        status="firing",
        labels=labels,
        annotations=notes,
        starts_at=NOW.isoformat(),
        started_at=NOW.timestamp(),
        ended_at=None,
    )
    deliver(made.desk, [warned], NOW)
    return WalkedOffice(made, {"stranger": made.client.application.test_client(), **_staff(made)})


def _staff(site: Site) -> dict[str, FlaskClient]:
    clients = {}
    for role in ROLES:
        store = site.desk.store
        account = NewAccount(role.replace("_", "-"), f"Nama {ROLES[role]}", (role,), "")
        with store.transaction() as db:
            user = add_user_inside(store, db, account, "no password", NOW)
        clients[role] = site.client.application.test_client()
        with clients[role].session_transaction() as session:
            session[SESSION_KEY] = begin_session(site.desk.store, user, NOW)
    return clients
