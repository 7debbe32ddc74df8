"""Logging in and out."""

from dataclasses import replace

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from request_tracker.errors import NotStored, Refused
from request_tracker.people.accounts import check_password
from request_tracker.people.sessions import end_session
from request_tracker.web.accounts.entering import after_password, at_known_device
from request_tracker.web.accounts.password_forms import LOGIN
from request_tracker.web.shell.access import SESSION_KEY, inside
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import read_values, shown
from request_tracker.web.shell.origin import origin_of
from request_tracker.web.shell.pages import PASSWORD_LIMIT, Conduct, PageGroup

LOGIN_LIMIT = replace(PASSWORD_LIMIT, unless=at_known_device)
pages = PageGroup("login", __name__, Conduct(limits=(LOGIN_LIMIT,), once=False))
pages.declare(LOGIN)


@pages.route("/masuk", methods=["GET", "POST"])
@seen_by(Audience.EVERYBODY, "logging in")
def login() -> str | Response | tuple[str, int]:
    """The log-in form; what was wrong is never told."""
    if request.method == "GET":
        return _page()
    try:
        sent = read_values(LOGIN).sound()
        name = sent.text("login")
        user = check_password(office().desk.store, name, sent.text("password"), now(), origin_of(name))
        if user is None:
            raise Refused("wrong_login")
    except NotStored:
        raise
    except Refused as error:
        return _page(error), 401
    return after_password(user, inside(request.args.get("next")))


@pages.post("/keluar")
@seen_by(Audience.EVERYBODY, "ends one's own session")
def logout() -> Response:
    """Revoke the session."""
    end_session(office().desk.store, session.pop(SESSION_KEY, ""), now())
    session.clear()
    return redirect(url_for("public.start"))


def _page(error: Refused | None = None) -> str:
    return render_template("login.html", form=shown(LOGIN, error))
