"""The auditor's view: every event with its hash, what verification finds, who saw personal data. Reads only."""

from flask import g, render_template

from request_tracker.custody.verification import last_whole, verify_new
from request_tracker.sop.fields import Field
from request_tracker.web.audit.sights import sight
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import office
from request_tracker.web.shell.declared_forms import DeclaredForm, asked_again, asked_status, read_values
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.words.bilingual import Both

pages = PageGroup("audit", __name__)
# Newest events and sights on the page; the whole is taken away by the export.
ROWS = 100
# The longest number that the office's pattern makes has 24 letters.
LONGEST_NUMBER = 40
EVENTS = pages.declare(
    DeclaredForm(
        name="audit_events",
        address="/audit",
        title=Both("Kejadian satu kasus", "Events of one case"),
        fields=(
            Field("kasus", "Nomor kasus", "Case number", required=False, longest=LONGEST_NUMBER),
            Field("periksa", "Periksa yang baru sekarang", "Verify what is new now", "flag", required=False),
        ),
        in_address=True,
    )
)


@pages.get("/audit")
@pages.menu(MenuGroup.INSPECTION, 20, ("Audit", "Audit"), "audit")
@needs("audit")
def view() -> tuple[str, int]:
    """Events, the newest first; ``?periksa=1`` verifies now what came since everything was last verified."""
    store, query = office().desk.store, read_values(EVENTS)
    number = query.text("kasus")
    events = store.rows(
        "SELECT e.*, c.number FROM events e JOIN cases c ON c.id = e.case_id WHERE ? IN ('', c.number)"
        " ORDER BY e.id DESC LIMIT ?",
        [number, ROWS],
    )
    fresh = verify_new(office().desk, office().config.files) if query.text("periksa") else None
    rows = store.rows("SELECT * FROM access_log ORDER BY id DESC LIMIT ?", [ROWS])
    names = {opd.code: opd.name for opd in office().desk.city.opds}
    sights = [sight(row, names, g.language) for row in rows]
    shown = {"whole": last_whole(store), "sights": sights, "number": number, "form": asked_again(query)}
    return render_template("audit.html", events=events, fresh=fresh, **shown), asked_status(query)
