"""The inbox's pages: what strangers sent and nobody has looked at yet, each with its acts."""

from collections.abc import Callable

from flask import g, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from request_tracker.cases.advice import MAX_OTHERS
from request_tracker.cases.queries import CaseFilter, find_cases
from request_tracker.errors import Refused
from request_tracker.inbox.entries import decided_lately, open_entries, read_entry
from request_tracker.inbox.entry import BY_STAFF, OUTCOMES, InboxEntry
from request_tracker.inbox.sorting import EntryEnd, accept, ask_back, end_entry
from request_tracker.people.privacy import note_access
from request_tracker.sop.forms import OPENING
from request_tracker.store.database import Row
from request_tracker.web.cases.papers import attachment
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.form_values import MAX_REASON
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("inbox", __name__)
# Characters of a case's number as somebody types it; the longest of ours has 18.
MAX_NUMBER = 40


@pages.get("/kotak-masuk")
@pages.menu(MenuGroup.MANAGE, 3, ("Kotak masuk", "Inbox"), "sort_inbox")
@needs("sort_inbox")
def listing() -> str:
    """What waits, the oldest first, and what became of the last ones."""
    desk = office().desk
    return render_template("inbox.html", waiting=open_entries(desk), decided=decided_lately(desk), outcomes=OUTCOMES)


@pages.get("/kotak-masuk/<int:number>")
@needs("sort_inbox")
def entry(number: int) -> str:
    """One of them: what was sent, by whom, what it may be a double of."""
    return _page(number)


@pages.get("/kotak-masuk/<int:number>/berkas/<sha256>")
@needs("sort_inbox")
def paper(number: int, sha256: str) -> Response:
    """A paper that came with it."""
    sent = [paper for paper in read_entry(office().desk, number).documents.values() if paper.sha256 == sha256]
    if not sent:
        raise NotFound
    return attachment(sha256, sent[0].name)


@pages.post("/kotak-masuk/<int:number>")
@needs("sort_inbox")
def decide(number: int) -> Response | tuple[str, int]:
    """Accept it, ask back, or end it with a reason."""
    try:
        leads_to = _ACTS.get(request.form.get("act", ""), _end)(number)
    except Refused as error:
        return _page(number, error.text(g.language)), error.form_status
    return redirect(leads_to)


def _accept(number: int) -> str:
    return url_for("cases.case", number=accept(office().desk, number, me().named(), now()).number)


def _ask(number: int) -> str:
    ask_back(office().desk, number, _text("question"), me().named(), now())
    return url_for("inbox.listing")


def _end(number: int) -> str:
    outcome = request.form.get("outcome", "")
    end = EntryEnd(outcome if outcome in BY_STAFF else "", _text("reason"), _text("case_number")[:MAX_NUMBER])
    end_entry(office().desk, number, end, me().named(), now())
    return url_for("inbox.listing")


_ACTS: dict[str, Callable[[int], str]] = {"accept": _accept, "ask": _ask}


def _text(field: str) -> str:
    return request.form.get(field, "").strip()[:MAX_REASON]


def _page(number: int, problem: str | None = None) -> str:
    sending = read_entry(office().desk, number)
    fields = {field.key: field for field in OPENING[sending.kind]}
    return render_template(
        "inbox_entry.html",
        entry=sending,
        lines=[(fields[key], value) for key, value in sending.form.items() if key in fields and key != "opd"],
        contact=_contact(sending),
        doubles=find_cases(office().desk, CaseFilter(opd=sending.opd, open_only=True), MAX_OTHERS)
        if sending.opd
        else [],
        outcomes=[(outcome, OUTCOMES[outcome]) for outcome in BY_STAFF],
        ends=OUTCOMES,
        values=request.form,
        problem=problem,
    )


def _contact(sending: InboxEntry) -> Row | None:
    """Whom to reach; that he was seen is written down (UU 27/2022)."""
    if sending.contact is None:
        return None
    store = office().desk.store
    row = store.row("SELECT * FROM contacts WHERE id = ? AND masked_at IS NULL", [sending.contact])
    if row is not None:
        note_access(store, me().named(), "contact", sending.receipt, now())
    return row
