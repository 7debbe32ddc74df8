"""Logging in and out."""

from flask import g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from request_tracker.errors import Refused
from request_tracker.people.accounts import MAX_TYPED_LOGIN, check_password
from request_tracker.people.sessions import begin_session, end_session
from request_tracker.web.shell.access import SESSION_KEY, inside
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.pages import PASSWORD_LIMIT, Conduct, PageGroup

pages = PageGroup("login", __name__, Conduct(limits=(PASSWORD_LIMIT,), once=False))


@pages.route("/masuk", methods=["GET", "POST"])
def login() -> str | Response | tuple[str, int]:
    """The log-in form; what was wrong is never told."""
    if request.method == "GET":
        return render_template("login.html")
    store = office().desk.store
    user = check_password(
        store, request.form.get("login", "")[:MAX_TYPED_LOGIN], request.form.get("password", ""), now()
    )
    if user is None:
        return render_template("login.html", sentence=Refused("wrong_login").text(g.get("language", "id"))), 401
    # A new session, nothing carried over: what a stranger planted in the browser before the log-in is gone with it.
    session.clear()
    session[SESSION_KEY] = begin_session(store, user, now())
    return redirect(inside(request.args.get("next")) or url_for("cases.listing"))


@pages.post("/keluar")
def logout() -> Response:
    """Revoke the session."""
    end_session(office().desk.store, session.pop(SESSION_KEY, ""), now())
    session.clear()
    return redirect(url_for("public.start"))
