"""The second step of a log-in: a code of an app, a recovery code, or a security key. Works without script for codes."""

from dataclasses import replace

from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from request_tracker.errors import NotStored, Refused
from request_tracker.people.accounts import Person, tell_of_tries
from request_tracker.people.half_logins import HalfLogin, ask_half
from request_tracker.people.recovery_codes import take_recovery_code
from request_tracker.people.second_factors import factors
from request_tracker.people.throttle import count_failure, counts_of, forgive, waiting
from request_tracker.people.totp import take_code
from request_tracker.store.rights_journal import RightsAct, record
from request_tracker.web.accounts.entering import finish_half, half, half_secret, key_desk, vault
from request_tracker.web.accounts.login import LOGIN_LIMIT
from request_tracker.web.accounts.password_forms import CODE, MAX_ANSWER
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import read_values, sent_text, shown
from request_tracker.web.shell.headers import allow_script
from request_tracker.web.shell.origin import origin_of
from request_tracker.web.shell.pages import Conduct, PageGroup

pages = PageGroup("second_step", __name__, Conduct(limits=(LOGIN_LIMIT,), once=False))
pages.declare(CODE)
CODES = "\tcode"  # Counted apart from the passwords of the account: no login has a tab in it.


@pages.get("/masuk/kedua")
@seen_by(Audience.LINK, "the second step of one's own log-in", "the log-in half done")
def ask() -> Response:
    """Ask for the second factor; who must have one and has none sets it up first."""
    entering = half()
    if entering is None:
        return redirect(url_for("login.login"))
    if not factors(office().desk.store, entering[0].id):
        return redirect(url_for("own_account.page"))
    return _page(entering[0])


@pages.post("/masuk/kedua")
@seen_by(Audience.LINK, "the second step of one's own log-in", "the log-in half done")
def check() -> Response:
    """Take the code or the key's answer; what was wrong is never told."""
    entering = half()
    if entering is None:
        return redirect(url_for("login.login"))
    person, begun = entering
    answer = sent_text("answer", MAX_ANSWER)
    try:
        if not (_key(person, begun, answer) if answer else _code(person, read_values(CODE).sound().text("code"))):
            raise Refused("wrong_key" if answer else "wrong_code")
    except NotStored:
        raise
    except Refused as error:
        return _page(person, error)
    return finish_half(person.id, redirect(begun.wanted or url_for("cases.listing")))


def _key(person: Person, begun: HalfLogin, answer: str) -> bool:
    state = begun.state
    return state is not None and key_desk().take_key(office().desk.store, person.id, state, answer)


def _code(person: Person, code: str) -> bool:
    """Whether the code is right; wrong ones slow down as wrong passwords do, and say that a password is known."""
    store = office().desk.store
    counts = counts_of(person.login + CODES, origin_of(person.login))
    if waiting(store, counts, now()):
        return False
    digits = code.replace(" ", "")
    if digits.isdecimal() and digits.isascii():
        fits = take_code(store, vault(), person.id, digits, now())
    else:
        fits = take_recovery_code(store, person.id, code, now())
    with store.transaction() as db:
        if fits:
            forgive(store, db, counts)
            return True
        outcome = count_failure(store, db, counts, now())
        kind = "account_locked" if outcome.waits else "login_failed"
        record(db, RightsAct(kind, person.named(), {"from": "second factor"}))
        if outcome.telling:
            tell_of_tries(db, "code_tries", person.id, person.login, now())
    return False


def _page(person: Person, problem: Refused | None = None) -> Response:
    store = office().desk.store
    challenge = key_desk().ask_here(store, person.id)
    if challenge is not None:
        ask_half(store, half_secret(), challenge.state)
    options = challenge.options if challenge else None
    # A code that was wrong once is never right again: it is typed anew.
    form = replace(shown(CODE, problem), values={})
    answer = make_response(render_template("second_step.html", form=form, options=options))
    answer.status_code = 401 if problem else 200
    if challenge is not None:
        allow_script(answer)
    return answer
