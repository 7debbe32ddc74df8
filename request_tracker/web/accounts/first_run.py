"""First run and passwords: the set-up token makes the first administrator, a one-time link sets a password."""

from dataclasses import replace

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from request_tracker.errors import NotStored, Refused
from request_tracker.people.accounts import (
    NewAccount,
    add_user_inside,
    hash_password,
    person,
)
from request_tracker.people.links import set_password, whose
from request_tracker.people.setup_token import use_setup_token
from request_tracker.web.accounts.password_forms import NEW_PASSWORD, SET_UP
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import read_values, shown
from request_tracker.web.shell.origin import remember_device
from request_tracker.web.shell.pages import PASSWORD_LIMIT, Conduct, PageGroup


def _with_link() -> bool:
    """Whether the form carries a good link: its holder is no guesser, whoever else sends from his address."""
    secret = (request.view_args or {}).get("secret")
    return secret is not None and whose(office().desk.store, secret, now()) is not None


pages = PageGroup("first_run", __name__, Conduct(limits=(replace(PASSWORD_LIMIT, unless=_with_link),)))
pages.declare(SET_UP)
pages.declare(NEW_PASSWORD)


@pages.route("/setup", methods=["GET", "POST"])
@seen_by(Audience.EVERYBODY, "the first administrator, who has the printed set-up token")
def setup() -> str | Response | tuple[str, int]:
    """The first administrator, by the token ``init`` printed; there is no default password."""
    if request.method == "GET":
        return render_template("setup.html", form=shown(SET_UP))
    store = office().desk.store
    try:
        sent = read_values(SET_UP).sound()
        wanted = NewAccount(sent.text("login"), sent.text("name"), ("admin",), "")
        hashed = hash_password(sent.text("password"))
        # Token and account in one transaction: a crash in between would leave an office without any administrator.
        with store.transaction() as db:
            if not use_setup_token(store, db, sent.text("token")):
                return render_template("setup.html", form=shown(SET_UP, Refused("wrong_setup_token"))), 401
            add_user_inside(store, db, wanted, hashed, now())
    # A full disk is no fault of the form: it is answered as such (503), not as a sentence beside a field.
    except NotStored:
        raise
    except Refused as error:
        return render_template("setup.html", form=shown(SET_UP, error)), 422
    return redirect(url_for("login.login"))


@pages.route("/sandi/<secret>", methods=["GET", "POST"])
@seen_by(Audience.LINK, "setting one's own password", "the one-time link of the account")
def password(secret: str) -> str | Response | tuple[str, int]:
    """Set one's password with a one-time link; looking at the page does not use it up."""
    store = office().desk.store
    if whose(store, secret, now()) is None:
        sentence = Refused("spent_link").text(g.language)
        return render_template("failure.html", status=404, sentence=sentence), 404
    if request.method == "GET":
        return render_template("password.html", form=shown(NEW_PASSWORD))
    try:
        user = set_password(store, secret, read_values(NEW_PASSWORD).sound().text("password"), now())
    except NotStored:
        raise
    except Refused as error:
        return render_template("password.html", form=shown(NEW_PASSWORD, error)), 422
    answer = redirect(url_for("login.login"))
    account = person(store, user, now()) if user is not None else None
    # Whoever had the link is the account's own: this device is let through even while strangers guess.
    return remember_device(answer, account.login, account.id) if account else answer
