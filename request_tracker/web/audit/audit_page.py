"""The auditor's view: every event with its hash, what verification finds, who saw personal data. Reads only."""

from flask import g, render_template, request

from request_tracker.custody.verification import last_whole, verify_new
from request_tracker.web.audit.sights import sight
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import office
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("audit", __name__)
# Newest events and sights on the page; the whole is taken away by the export.
ROWS = 100


@pages.get("/audit")
@pages.menu(MenuGroup.INSPECTION, 20, ("Audit", "Audit"), "audit")
@needs("audit")
def view() -> str:
    """Events, the newest first; ``?periksa=1`` verifies now what came since everything was last verified."""
    store = office().desk.store
    number = request.args.get("kasus", "").strip()[:40]
    events = store.rows(
        "SELECT e.*, c.number FROM events e JOIN cases c ON c.id = e.case_id WHERE ? IN ('', c.number)"
        " ORDER BY e.id DESC LIMIT ?",
        [number, ROWS],
    )
    fresh = verify_new(office().desk, office().config.files) if request.args.get("periksa") else None
    rows = store.rows("SELECT * FROM access_log ORDER BY id DESC LIMIT ?", [ROWS])
    names = {opd.code: opd.name for opd in office().desk.city.opds}
    sights = [sight(row, names, g.language) for row in rows]
    return render_template(
        "audit.html", events=events, fresh=fresh, whole=last_whole(store), sights=sights, number=number
    )
