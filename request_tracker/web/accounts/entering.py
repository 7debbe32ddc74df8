"""From a right password, or a provider's word, to a session: straight on, by a second factor, or by setting one up."""

from flask import current_app, redirect, session, url_for
from werkzeug.wrappers import Response

from request_tracker.people.accounts import MAX_TYPED_LOGIN, Person, person
from request_tracker.people.half_logins import HalfLogin, begin_half, end_half, half_of
from request_tracker.people.second_factors import factors, required
from request_tracker.people.security_keys import KeyDesk
from request_tracker.people.sessions import begin_session
from request_tracker.people.totp import CodeVault
from request_tracker.web.shell.access import SESSION_KEY
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import sent_text
from request_tracker.web.shell.origin import origin_of, remember_device

HALF_KEY = "setengah"


def at_known_device() -> bool:
    """Whether a log-in form is sent from a device that its account is known on: a stranger's limit is not its."""
    entering = half()
    login = sent_text("login", MAX_TYPED_LOGIN) or (entering[0].login if entering else "")
    return bool(login) and bool(origin_of(login).device)


def after_password(user: int, wanted: str | None) -> Response:
    """Where a right password leads, or what stands for one."""
    store = office().desk.store
    account = person(store, user, now())
    # A new session, nothing carried over: what a stranger planted in the browser before the log-in is gone with it.
    session.clear()
    if account is None or not (factors(store, user) or required(account, office().config.second_factor_for)):
        return enter(user, redirect(wanted or url_for("cases.listing")))
    session[HALF_KEY] = begin_half(store, user, wanted, now())
    return redirect(url_for("second_step.ask"))


def enter(user: int, answer: Response) -> Response:
    """Begin the session of a person who has shown all that is asked of him; his device is known from now on."""
    store = office().desk.store
    account = person(store, user, now())
    session.clear()
    session[SESSION_KEY] = begin_session(store, user, now())
    return remember_device(answer, account.login, user) if account else answer


def half() -> tuple[Person, HalfLogin] | None:
    """Who is half logged in, and how far."""
    store = office().desk.store
    entering = half_of(store, session.get(HALF_KEY, ""), now()) if HALF_KEY in session else None
    account = person(store, entering.user, now()) if entering else None
    return (account, entering) if account and entering else None


def half_secret() -> str:
    """The secret of the log-in that is half done."""
    return str(session.get(HALF_KEY, ""))


def finish_half(user: int, answer: Response) -> Response:
    """The second factor was right: use the half log-in up and enter; where it was used beside us, log in again."""
    if not end_half(office().desk.store, half_secret()):
        session.clear()
        return redirect(url_for("login.login"))
    return enter(user, answer)


def vault() -> CodeVault:
    """What opens the secrets of codes."""
    key = current_app.config["SECRET_KEY"]
    return CodeVault(key if isinstance(key, bytes) else str(key).encode())


def key_desk() -> KeyDesk:
    """What asks for security keys, at the office's public address."""
    config = office().config
    return KeyDesk(config.public_url, config.office.name)
