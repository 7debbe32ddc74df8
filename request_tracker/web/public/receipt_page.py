"""The receipt of a public form at an address of its own: reloaded, gone back to or opened again it is the same.

Behind the secret link it also takes the word by which its holder finds it again, and sends the link to his contact.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from request_tracker.cases import read_case
from request_tracker.cases.advice import Advice, on_request
from request_tracker.errors import NotStored, NotThere, Refused
from request_tracker.inbox.open_requests import open_requests
from request_tracker.inbox.tracking import LONGEST, SHORTEST, checked_word, has_word, reached_by, send_link, set_word
from request_tracker.people.privacy import masked
from request_tracker.sop import register
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import OPENING, rates_of
from request_tracker.web.public.link_places import case_of_link, entry_of_link, link_key, sending_of_link
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import DeclaredForm, read_values, sense_of, shown
from request_tracker.web.shell.pages import FORM_LIMIT, Conduct, PageGroup
from request_tracker.web.shell.receipt import Receipt
from request_tracker.words.bilingual import Both

pages = PageGroup("receipt_page", __name__, Conduct(limits=(FORM_LIMIT,)))
# A word with some room around it.
LONGEST_WORD = 80
REQUEST = "request"


CHOOSE_WORD = pages.declare(
    DeclaredForm(
        name="tracking-word",
        address="/lacak/<token>/kata",
        title=Both("Pilih kata lacak", "Choose the tracking word"),
        fields=(
            Field(
                "word",
                "Kata lacak",
                "Tracking word",
                longest=LONGEST_WORD,
                hint=Both(
                    f"{SHORTEST} sampai {LONGEST} huruf, bukan sandi yang Anda pakai di tempat lain.",
                    f"{SHORTEST} to {LONGEST} letters, no password that you use anywhere else.",
                ),
                fills="off",
            ),
        ),
        sense=sense_of("word", checked_word),
    )
)


@pages.get("/lacak/<token>/tanda-terima")
@seen_by(Audience.LINK, "the receipt of what he sent", "the secret link of his receipt")
def page(token: str) -> str:
    """The receipt."""
    return _page(token)


@pages.post("/lacak/<token>/kata")
@seen_by(Audience.LINK, "he chooses his tracking word", "the secret link of his receipt")
def choose_word(token: str) -> Response | tuple[str, int]:
    """Keep the word; with the number it opens what the link opens."""
    try:
        word = checked_word(read_values(CHOOSE_WORD).sound().text("word"))
        set_word(office().desk, link_key(), token, word, now())
    except (NotStored, NotThere):
        raise
    except Refused as error:
        return _page(token, error), error.form_status
    return redirect(url_for("receipt_page.page", token=token, kata=1), 303)


@pages.post("/lacak/<token>/kirim")
@seen_by(Audience.LINK, "his link sent to the contact he gave", "the secret link of his receipt")
def send(token: str) -> Response:
    """Send the link to the given contact, once a day at most."""
    desk, sending = office().desk, sending_of_link(token)
    contact = reached_by(desk, sending, frozenset(office().config.channels))
    if contact is None:
        raise Refused("nowhere_to_send")
    with desk.store.transaction() as db:
        send_link(db, desk, sending, contact["id"], now())
    return redirect(url_for("receipt_page.page", token=token, terkirim=1), 303)


def _page(token: str, error: Refused | None = None) -> str:
    desk, sending = office().desk, sending_of_link(token)
    contact = reached_by(desk, sending, frozenset(office().config.channels))
    return render_template(
        "receipt.html",
        receipt=receipt_of(token),
        token=token,
        link=url_for("requester_page.page", token=token),
        word=has_word(desk, link_key(), token, now()),
        contact=_shown(contact) if contact else None,
        form=shown(CHOOSE_WORD, error),
    )


def receipt_of(token: str) -> Receipt:
    """The receipt behind a link, from what was kept. Raises NotThere."""
    desk, sending = office().desk, sending_of_link(token)
    if sending.kind == "t":
        entry = entry_of_link(token)
        return Receipt(
            kind=entry.kind,
            mark=entry.receipt,
            advice=_advice(entry.sop, entry.kind, entry.form, entry.arrived_at),
            rates=_rates(entry.kind, entry.form),
            others=open_requests(desk, entry.opd, entry.receipt) if entry.opd and entry.kind == REQUEST else (),
        )
    case = read_case(desk, case_of_link(token))
    return Receipt(
        kind=case.kind,
        number=case.number,
        advice=_advice(case.sop, case.kind, case.form, case.opened_at),
        rates=_rates(case.kind, case.form),
        others=open_requests(desk, case.opd, case.number) if case.opd and case.kind == REQUEST else (),
    )


def _rates(kind: str, form: Mapping[str, Any]) -> list[tuple[Field, int]]:
    return rates_of(OPENING[kind], form) if kind == REQUEST else []


def _advice(sop: str, kind: str, form: Mapping[str, Any], at: datetime) -> list[Advice]:
    """What was said when it came: the notice was too short."""
    if kind != REQUEST:
        return []
    calendar = office().desk.calendar
    return on_request(register.in_force(office().desk.store, sop, calendar.local(at).date()), form, at, calendar)


def _shown(contact: dict[str, Any]) -> str:
    """Where the link would go, as far as whoever holds the receipt must know it."""
    if contact["channel"] == "whatsapp":
        return f"WhatsApp {masked(contact)['phone']}"
    name, _, host = str(contact["email"] or "").rpartition("@")
    return f"{name[:1]}••••@{host}" if host else f"WhatsApp {masked(contact)['phone']}"
