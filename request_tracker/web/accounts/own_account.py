"""One's own account: second factors set up and removed, recovery codes, the devices it is known on.

Each change asks the password again: a machine left open must not be enough. Who is half logged in because his role
needs a second factor sets it up here and is in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import make_response, redirect, render_template, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from request_tracker.errors import NotStored, Refused
from request_tracker.people.accounts import Person, check_password
from request_tracker.people.devices import devices, revoke_device
from request_tracker.people.recovery_codes import codes_left, new_codes
from request_tracker.people.second_factors import (
    NewFactor,
    add_factor,
    factors,
    remove_factor,
    removed_factors,
    required,
)
from request_tracker.people.security_keys import KeyHolder
from request_tracker.people.throttle import Origin
from request_tracker.people.totp import address_of_secret, enrolled, new_secret
from request_tracker.web.accounts.entering import finish_half, half, key_desk, vault
from request_tracker.web.accounts.password_forms import APP, KEY, MAX_ANSWER
from request_tracker.web.shell.access import me, session_place
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import DeclaredForm, problem_of, read_values, sent_text, shown
from request_tracker.web.shell.headers import allow_script
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PASSWORD_LIMIT, Conduct, PageGroup


def _logged_in() -> bool:
    """His own wrong passwords slow his session down (``throttle``); strangers at his address use no limit of his up."""
    return bool(current_user.is_authenticated)


pages = PageGroup("own_account", __name__, Conduct(limits=(replace(PASSWORD_LIMIT, unless=_logged_in),)))
pages.declare(APP)
pages.declare(KEY)
STATE_KEY = "kunci_baru"
MAX_PENDING = 500  # Letters of a factor that is being set up, sealed: some 200.
OWN = seen_by(Audience.ACCOUNT, "one's own second factors, recovery codes and devices")


@dataclass(frozen=True)
class OwnAccountView:
    """The page's values: what the account has, what an app and a key need to be set up, what is told once."""

    person: Person
    factors: list[dict[str, Any]]
    removed: list[dict[str, Any]]
    devices: list[dict[str, Any]]
    codes_left: int
    required: bool
    entering: bool
    pending: str
    secret: str
    qr_text: str
    key_options: str | None
    codes: list[str]
    problem: str | None


@pages.get("/akun")
@pages.menu(MenuGroup.MANAGE, 5, ("Akun saya", "My account"))
@OWN
def page() -> Response:
    """What the account has."""
    owner = _owner()
    return redirect(url_for("login.login", next=url_for("own_account.page"))) if owner is None else _page(owner)


@pages.post("/akun/kode-aplikasi")
@OWN
def add_app() -> Response:
    """Set up an app by the code it shows now."""
    return _change(lambda owner: _added(owner, _app(owner)), form=APP)


@pages.post("/akun/kunci")
@OWN
def add_key() -> Response:
    """Set up a security key by the browser's answer."""
    return _change(lambda owner: _added(owner, _new_key()), form=KEY)


@pages.post("/akun/faktor/<int:number>")
@OWN
def remove(number: int) -> Response:
    """Take a factor off."""

    def act(owner: Person) -> list[str]:
        remove_factor(office().desk.store, owner, number, office().config.second_factor_for, now())
        return []

    return _change(act, half_too=False)


@pages.post("/akun/kode-pemulihan")
@OWN
def codes() -> Response:
    """Make recovery codes anew; they are shown once."""
    return _change(lambda owner: new_codes(office().desk.store, owner.id, now()), half_too=False)


@pages.post("/akun/perangkat/<int:number>")
@OWN
def forget(number: int) -> Response:
    """Know a device no longer."""

    def act(owner: Person) -> list[str]:
        revoke_device(office().desk.store, owner.id, number, now())
        return []

    return _change(act, half_too=False)


def _owner() -> Person | None:
    """Whoever is logged in, or half logged in without a factor: with one he shows that first."""
    if current_user.is_authenticated:
        return me()
    entering = half()
    return entering[0] if entering and not factors(office().desk.store, entering[0].id) else None


def _change(act: Callable[[Person], list[str]], half_too: bool = True, form: DeclaredForm | None = None) -> Response:
    """Do it for the owner, who has shown his password; the page again, with codes that are shown once."""
    owner = _owner()
    if owner is None or not (half_too or current_user.is_authenticated):
        return redirect(url_for("login.login"))
    try:
        if current_user.is_authenticated:
            _check_password(owner)
        shown_once = act(owner)
    except NotStored:
        raise
    except Refused as error:
        return _page(owner, problem=error, form=form)
    if not current_user.is_authenticated:
        return finish_half(owner.id, _page(owner, shown_once) if shown_once else redirect(url_for("cases.listing")))
    return _page(owner, shown_once) if shown_once else redirect(url_for("own_account.page"))


def _check_password(owner: Person) -> None:
    typed = read_values(KEY).sound().text("password")
    # An open session is as good as a known device: strangers elsewhere must not keep its owner from his own page.
    origin = Origin(device=session_place())
    if check_password(office().desk.store, owner.login, typed, now(), origin) != owner.id:
        raise Refused("wrong_own_password")


def _app(owner: Person) -> NewFactor:
    sent = read_values(APP).sound()
    code = sent.text("code").replace(" ", "")[:10]
    made = enrolled(vault(), owner.id, sent_text("pending", MAX_PENDING), code, now())
    return replace(made, name=sent.text("name") or "Aplikasi")


def _new_key() -> NewFactor:
    if not key_desk().usable:
        raise Refused("no_key_here")
    state = session.pop(STATE_KEY, None)
    if state is None:
        raise Refused("stale_enrolment")
    name = read_values(KEY).sound().text("name")
    return key_desk().new_key(state, sent_text("answer", MAX_ANSWER), name or "Kunci")


def _added(owner: Person, new: NewFactor) -> list[str]:
    """Keep it; with the first factor come the recovery codes."""
    store = office().desk.store
    add_factor(store, owner.id, new, now())
    return [] if codes_left(store, owner.id) else new_codes(store, owner.id, now())


def _page(
    owner: Person, codes: Sequence[str] = (), problem: Refused | None = None, form: DeclaredForm | None = None
) -> Response:
    view = _view(owner, list(codes), problem_of(problem))
    forms = {each.name: shown(each, problem if each is form else None) for each in (APP, KEY)}
    answer = make_response(render_template("own_account.html", view=view, forms=forms))
    answer.status_code = problem.form_status if problem else 200
    if view.key_options:
        allow_script(answer)
    return answer


def _view(owner: Person, codes: list[str], problem: str | None) -> OwnAccountView:
    store, config, secret = office().desk.store, office().config, new_secret()
    options = None
    if key_desk().usable:
        challenge = key_desk().ask_new(store, KeyHolder(owner.id, owner.login, owner.name))
        session[STATE_KEY], options = challenge.state, challenge.options
    return OwnAccountView(
        person=owner,
        factors=factors(store, owner.id),
        removed=removed_factors(store, owner.id),
        devices=devices(store, owner.id, now()),
        codes_left=codes_left(store, owner.id),
        required=required(owner, config.second_factor_for),
        entering=not current_user.is_authenticated,
        pending=vault().sealed(owner.id, secret),
        secret=secret,
        qr_text=address_of_secret(secret, owner.login, config.office.name),
        key_options=options,
        codes=codes,
        problem=problem,
    )
