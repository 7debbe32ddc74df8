"""Where a public form leads: what a stranger sends waits in the inbox; who works here and files for an office does not.

A first report of an outage is a case at once, because its calls cannot wait for the desk; a second separate one of the
same office waits, so that nobody makes numbers without end.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, url_for
from flask_login import current_user

from request_tracker.cases import OpenCase, Who
from request_tracker.cases.acts import Opened
from request_tracker.cases.advice import Advice
from request_tracker.inbox.entries import hand_in
from request_tracker.people.roles import may
from request_tracker.sop.fields import Field
from request_tracker.web.shell.access import me
from request_tracker.web.shell.context import now, office


@dataclass(frozen=True, kw_only=True)
class PublicForm:
    """A form of anybody's: the case it asks for, and what its receipt says. ``straight`` opens it without the inbox."""

    command: OpenCase
    kind: str
    straight: Callable[[OpenCase, Who], Opened]
    began: datetime | None = None
    advice: Sequence[Advice] = ()
    rates: Sequence[tuple[Field, int]] = ()


def take_in(form: PublicForm) -> str:
    """Keep what the form says, or open its case for who works here; the receipt."""
    if current_user.is_authenticated and may(me().who.acting_roles, "open_request"):
        return receipt(form, form.straight(form.command, me().who))
    handed_in = hand_in(office().desk, form.command, form.kind, now(), form.began)
    return _receipt(form, handed_in.token, mark=handed_in.receipt)


def receipt(form: PublicForm, opened: Opened) -> str:
    """The receipt of a case that has its number."""
    return _receipt(form, opened.token, number=opened.number)


def _receipt(form: PublicForm, token: str | None, **name: str) -> str:
    link = url_for("requester_page.page", token=token) if token else None
    return render_template("receipt.html", link=link, advice=form.advice, rates=form.rates, kind=form.kind, **name)
