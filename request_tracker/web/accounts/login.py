"""Logging in and out."""

from dataclasses import replace

from flask import g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from request_tracker.errors import Refused
from request_tracker.people.accounts import MAX_TYPED_LOGIN, check_password
from request_tracker.people.sessions import end_session
from request_tracker.web.accounts.entering import after_password, at_known_device
from request_tracker.web.shell.access import SESSION_KEY, inside
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.origin import origin_of
from request_tracker.web.shell.pages import PASSWORD_LIMIT, Conduct, PageGroup

LOGIN_LIMIT = replace(PASSWORD_LIMIT, unless=at_known_device)
pages = PageGroup("login", __name__, Conduct(limits=(LOGIN_LIMIT,), once=False))


@pages.route("/masuk", methods=["GET", "POST"])
@seen_by(Audience.EVERYBODY, "logging in")
def login() -> str | Response | tuple[str, int]:
    """The log-in form; what was wrong is never told."""
    if request.method == "GET":
        return render_template("login.html")
    store, name = office().desk.store, request.form.get("login", "")[:MAX_TYPED_LOGIN]
    user = check_password(store, name, request.form.get("password", ""), now(), origin_of(name))
    if user is None:
        return render_template("login.html", sentence=Refused("wrong_login").text(g.get("language", "id"))), 401
    return after_password(user, inside(request.args.get("next")))


@pages.post("/keluar")
@seen_by(Audience.EVERYBODY, "ends one's own session")
def logout() -> Response:
    """Revoke the session."""
    end_session(office().desk.store, session.pop(SESSION_KEY, ""), now())
    session.clear()
    return redirect(url_for("public.start"))
