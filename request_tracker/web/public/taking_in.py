"""Where a public form leads: what a stranger sends waits in the inbox; who works here and files for an office does not.

A first report of an outage is a case at once, because its calls cannot wait for the desk; a second separate one of the
same office waits, so that nobody makes numbers without end. The answer is always the address of the receipt.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask import redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from request_tracker.cases import OpenCase, Who
from request_tracker.cases.acts import Opened
from request_tracker.errors import Refused
from request_tracker.inbox.entries import hand_in
from request_tracker.inbox.tracking import link_of, sending_of, set_word
from request_tracker.people.roles import may
from request_tracker.web.public.link_places import link_key
from request_tracker.web.public.public_form import FormReading
from request_tracker.web.shell.access import me
from request_tracker.web.shell.context import now, office
from request_tracker.words.bilingual import Both

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class PublicForm:
    """A form of anybody's: the case it asks for, how it is opened without the inbox, and the word to track it by."""

    command: OpenCase
    kind: str
    straight: Callable[[OpenCase, Who], Opened]
    word: str = ""
    began: datetime | None = None


class SameForm(Protocol):
    """Shows the form again with what was typed, and what is wrong: by field, or as a whole."""

    def __call__(self, *, faults: Mapping[str, Both] | None = None, problem: Refused | None = None) -> str:
        """The page."""


def answered(reading: FormReading, again: SameForm, keep: Callable[[], Answer]) -> Answer:
    """How every public form ends: shown again with its faults, or what ``keep`` answers, or shown again refused."""
    if reading.faults:
        return again(faults=reading.faults), reading.status
    try:
        return keep()
    except Refused as error:
        return again(problem=error), error.form_status


def take_in(form: PublicForm) -> Response:
    """Keep what the form says, or open its case for who works here; to the receipt."""
    if current_user.is_authenticated and may(me().who.acting_roles, "open_request"):
        opened = form.straight(form.command, me().who)
        return to_receipt(form.word, opened.number, opened.token)
    handed_in = hand_in(office().desk, form.command, form.kind, now(), form.began)
    return to_receipt(form.word, handed_in.receipt, handed_in.token)


def to_receipt(word: str, number: str, token: str | None) -> Response:
    """To the receipt of a number (TT-n or a case's), by its link.

    Without a ``token`` this form came before: its key, which only its sender's page has, is his proof for a new link.
    """
    desk, again = office().desk, token is None
    if token is None:
        sending = sending_of(desk, number)
        assert sending is not None, "a form is answered with the number of what it made"
        token = link_of(link_key(), sending)
    if word:
        set_word(desk, link_key(), token, word, now())
    return redirect(url_for("receipt_page.page", token=token, lagi=1 if again else None), 303)
