"""The inbox's pages: what strangers sent and nobody has looked at yet, each with its acts."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import g, redirect, render_template, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from request_tracker.cases.advice import MAX_OTHERS
from request_tracker.cases.queries import CaseFilter, find_cases
from request_tracker.errors import Refused
from request_tracker.inbox.entries import decided_lately, open_entries, read_entry
from request_tracker.inbox.entry import BY_STAFF, OUTCOMES, InboxEntry
from request_tracker.inbox.sorting import EntryEnd, accept, ask_back, end_entry
from request_tracker.people.privacy import note_access
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import OPENING
from request_tracker.store.database import Row
from request_tracker.web.cases.papers import attachment
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import DeclaredForm, chosen_act, problem_of, read_values, shown
from request_tracker.web.shell.form_values import MAX_REASON, FormPage
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.words.bilingual import Both

pages = PageGroup("inbox", __name__)
# Characters of a case's number as somebody types it; the longest of ours has 18.
MAX_NUMBER = 40
QUESTION = pages.declare(
    DeclaredForm(
        name="ask-back",
        address="/kotak-masuk/<int:number>",
        title=Both("Tanyakan kembali", "Ask back"),
        fields=(Field("question", "Pertanyaan kepada pengirim", "Question to the sender", "long", longest=MAX_REASON),),
    )
)
ENTRY_END = pages.declare(
    DeclaredForm(
        name="end-entry",
        address="/kotak-masuk/<int:number>",
        title=Both("Akhiri tanpa kasus", "End without a case"),
        fields=(
            Field("outcome", "Karena", "Because it is", "pick"),
            Field(
                "case_number",
                "Nomor kasus yang sama (bila rangkap)",
                "Number of the same case (if a double)",
                required=False,
                longest=MAX_NUMBER,
            ),
            Field("reason", "Alasan, dibaca pengirim", "Reason, read by the sender", longest=MAX_REASON),
        ),
    )
)


@dataclass(frozen=True, kw_only=True)
class EntryForms:
    """The page's forms as they stand, and why the entry could not be accepted."""

    problem: str | None
    question: FormPage
    end: FormPage


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
    act = chosen_act()
    try:
        leads_to = _ACTS.get(act, _end)(number)
    except Refused as error:
        return _page(number, act, error), error.form_status
    return redirect(leads_to)


def _accept(number: int) -> str:
    return url_for("cases.case", number=accept(office().desk, number, me().named(), now()).number)


def _ask(number: int) -> str:
    ask_back(office().desk, number, read_values(QUESTION).sound().text("question"), me().named(), now())
    return url_for("inbox.listing")


def _end(number: int) -> str:
    sent = read_values(ENTRY_END.offering(_outcomes())).sound()
    end = EntryEnd(sent.text("outcome"), sent.text("reason"), sent.text("case_number"))
    end_entry(office().desk, number, end, me().named(), now())
    return url_for("inbox.listing")


_ACTS: dict[str, Callable[[int], str]] = {"accept": _accept, "ask": _ask}


def _outcomes() -> dict[str, dict[str, str]]:
    return {"outcome": {outcome: Both(*OUTCOMES[outcome]).said(g.language) for outcome in BY_STAFF}}


def _page(number: int, act: str = "", error: Refused | None = None) -> str:
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
        ends=OUTCOMES,
        forms=EntryForms(
            problem=problem_of(error) if act not in ("ask", "end") else None,
            question=shown(QUESTION, error if act == "ask" else None),
            end=shown(ENTRY_END.offering(_outcomes()), error if act == "end" else None),
        ),
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
