"""The benchmark's archive is a real one: its chains verify, and every page that the crowd reads is answered."""

from pathlib import Path

from opened_site import entered, site_of
from tracker_office import MONDAY, new_desk

from request_tracker.bench import office
from request_tracker.bench.archive import fill
from request_tracker.bench.pages import ROLES, ArchiveContents, visits
from request_tracker.cases import Desk, waiting_for
from request_tracker.custody.upkeep import audit
from request_tracker.sop.register import codes
from request_tracker.web.shell.context import now


def test_the_made_up_archive_verifies_like_a_lived_one(desk: Desk) -> None:
    numbers = fill(desk, 60, MONDAY)
    assert len(numbers) == 60
    assert audit(desk) == []
    assert len(waiting_for(desk, {"technician"})) == 2
    assert len(waiting_for(desk, {"head_of_office"})) == 3


def test_every_page_of_the_crowd_is_answered_to_whom_reads_it(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    numbers = fill(desk, 60, MONDAY)
    app = site_of(desk, tmp_path)
    clients = {role: entered(app, secret) for role, secret in office.people(desk.store, ROLES, now()).items()}
    office.letters(desk, 10, now())
    tickets = office.outages(desk, 3, now())
    waiting = {role: [row["number"] for row in waiting_for(desk, [role])] for role in ROLES}
    pages = visits(ArchiveContents(numbers[:2], waiting, tickets, ["dinkes"], codes(desk.store)))
    assert {"sign form, technician", "sign form, head_of_office", "NOC list", "agenda"} <= {page.page for page in pages}
    for page in pages:
        client = clients.get(page.role) or app.test_client()
        answers = {address: client.get(address).status_code for address in page.addresses}
        assert answers == dict.fromkeys(page.addresses, 200), page.page
    desk.store.close()
