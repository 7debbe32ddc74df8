"""Moving a running case to the revision of its SOP in force: the administrator's form and what it asks. One command."""

from flask import url_for

from request_tracker.cases import MoveRevision, read_case
from request_tracker.errors import Refused
from request_tracker.people.accounts import holders, name_of
from request_tracker.web.cases.case_pages import Answer, on_the_case
from request_tracker.web.cases.case_reading import newer
from request_tracker.web.cases.official_forms import REVISION
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import office
from request_tracker.web.shell.declared_forms import read_values
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.sent_values import form_number
from request_tracker.web.shell.signing import SentForm, act_on
from request_tracker.words.bilingual import Both

pages = PageGroup("revisions", __name__)
pages.declare(REVISION)


@pages.post("/kasus/<path:number>/revisi")
@needs("manage_users")
def move(number: str) -> Answer:
    """Move it, with the reason and the section head who agreed."""
    return on_the_case(number, REVISION, lambda: _move(number))


def _move(number: str) -> None:
    desk = office().desk
    sop = newer(read_case(desk, number))
    if sop is None:
        hint = Both("kasus sudah pada revisi yang berlaku", "the case is at the revision in force")
        raise Refused("cannot_move", revision="–", reason=hint)
    heads = {str(row["id"]): row["name"] for row in holders(desk.store, "head_of_section")}
    sent = read_values(REVISION.offering({"consent": heads})).sound()
    command = MoveRevision(sop, sent.text("reason"), name_of(desk.store, f"user:{sent.number('consent')}"))
    act_on(number, command, SentForm(form_number("version"), leads_to=url_for("cases.case", number=number)))
