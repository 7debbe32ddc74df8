"""Who is asking: logins by Flask-Login over sessions that can be revoked, acts by role, API tokens by scope."""

import functools
import secrets
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, jsonify, make_response, request, session
from flask_login import LoginManager, UserMixin, current_user

from request_tracker.people.accounts import Person, person
from request_tracker.people.roles import ACTS, may
from request_tracker.people.sessions import session_user, token_row
from request_tracker.store.acting import API, PAGE, Acting, begin_acting, end_acting
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office

P = ParamSpec("P")
R = TypeVar("R")
SESSION_KEY = "lebarpita"


class Account(UserMixin):  # type: ignore[misc]  # flask-login ships no types
    """A logged-in person as Flask-Login wants it."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def get_id(self) -> str:
        """The account's number."""
        return str(self.person.id)


def login_manager() -> LoginManager:
    """Finds the account behind the session's secret at every request."""
    manager = LoginManager()
    manager.login_view = "login.login"
    # Flask-Login's own sentence is English only; the log-in page says what it has to say.
    manager.login_message = None

    @manager.request_loader  # type: ignore[untyped-decorator]  # flask-login ships no types
    def _load(_: Any) -> Account | None:
        secret = session.get(SESSION_KEY)
        if not secret:
            return None
        store = office().desk.store
        user = session_user(store, secret, now())
        account = person(store, user, now()) if user is not None else None
        return Account(account) if account else None

    return manager


def session_place() -> str:
    """This open session as a place of tries (``throttle``): as good as a known device, and no stranger's."""
    return f"session {session.get(SESSION_KEY, '')}"


def name_the_acting(app: Flask) -> None:
    """Say who acts for as long as a request lasts: the account that is logged in, or anybody."""

    @app.before_request
    def _begin() -> None:
        # Without a session there is nobody to look for, and a picture of the page changes nothing.
        asks = request.endpoint != "static" and SESSION_KEY in session and current_user.is_authenticated
        person = me().named() if asks else "public"
        g.acting = begin_acting(Acting(person, PAGE, now))

    @app.teardown_request
    def _end(_: BaseException | None) -> None:
        if "acting" in g:
            end_acting(g.pop("acting"))


def me() -> Person:
    """The person who is logged in; only inside pages that demand it."""
    reader: Person = current_user.person
    return reader


def needs(act: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A page only for those whose role allows the act: log-in first, else 403."""

    def wrap(view: Callable[P, R]) -> Callable[P, R]:
        @seen_by(Audience.ROLES, ACTS[act].english, act)
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not current_user.is_authenticated:
                return cast(R, current_app.login_manager.unauthorized())  # type: ignore[attr-defined]  # set by flask-login
            if not may(me().who.acting_roles, act):
                abort(403)
            return view(*args, **kwargs)

        return guarded

    return wrap


def needs_scope(scope: str) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """An API call only with a bearer token of that scope: 401 without one, 403 with a lesser one."""

    def wrap(view: Callable[P, R]) -> Callable[P, R | Response]:
        @seen_by(Audience.TOKEN, "a program of the office's own", scope)
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            row = token_row(office().desk.store, bearer() or "")
            if row is None:
                return refused(401, "an API token is needed: Authorization: Bearer TOKEN")
            if scope not in row["scopes"].split():
                return refused(403, f"this token lacks the scope {scope}")
            g.token = row["name"]
            begin_acting(Acting(f"api:{row['name']}", API, now))
            return view(*args, **kwargs)

        return guarded

    return wrap


def bearer() -> str | None:
    """The bearer secret of the request, or None."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" and secret.strip() else None


def same(offered: str | None, expected: str) -> bool:
    """Compare secrets in constant time."""
    return offered is not None and secrets.compare_digest(offered.encode(), expected.encode())


def refused(status: int, sentence: str) -> Response:
    """A JSON error with a sentence."""
    return make_response(jsonify({"error": sentence}), status)


def inside(target: str | None) -> str | None:
    """The page wanted before the log-in, only where it is one of ours."""
    if not target:
        return None
    parts = urlsplit(target)
    # "//host" is another site to a browser, and so is "/\host", which browsers mend to the same.
    fine = not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if fine else None
