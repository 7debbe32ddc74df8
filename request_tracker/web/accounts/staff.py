"""Accounts and roles, delegations, the duty roster. Each act is a form; each needs its role."""

from dataclasses import dataclass
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from request_tracker.errors import BadForm, NotStored, Refused
from request_tracker.people import delegations as plh
from request_tracker.people import roster
from request_tracker.people.accounts import set_competence
from request_tracker.people.addresses import masked_address, typed_address
from request_tracker.people.details import put_details
from request_tracker.people.rights_changes import (
    RightsChange,
    delegation,
    new_account,
    new_address,
    new_roles,
    password_link,
    reset_of_factors,
    switch_off,
    switch_on,
)
from request_tracker.people.roles import ROLE_NAMES, may
from request_tracker.people.second_person import ChangeAnswer, change_rights
from request_tracker.web.accounts.people_forms import ACCOUNT_CHANGE, DELEGATION, NEW_ACCOUNT, TURN
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import chosen_act, read_values, sent_list, shown
from request_tracker.web.shell.form_values import FormPage
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.sent_values import form_number, query_number
from request_tracker.words.bilingual import Both

pages = PageGroup("people", __name__)
for declared in (NEW_ACCOUNT, ACCOUNT_CHANGE, DELEGATION, TURN):
    pages.declare(declared)
NEW, UNCHANGED = (FormPage(fields=form.fields, values={}) for form in (NEW_ACCOUNT, ACCOUNT_CHANGE))
DELEGATED = ("head_of_office", "head_of_division", "head_of_section", "secretariat")


@dataclass(frozen=True, kw_only=True)
class UsersPage:
    """What the page shows beside the accounts: a link that is told once, what waits, and the form that was refused.

    ``changed``: the account whose form ``change`` was refused; ``roles``: what was ticked for the new one.
    """

    link: str | None = None
    waiting: int | None = None
    form: FormPage = NEW
    roles: tuple[str, ...] = ()
    changed: int | None = None
    change: FormPage = UNCHANGED


@pages.get("/pengguna")
@pages.menu(MenuGroup.MANAGE, 10, ("Pengguna", "Users"), "manage_users")
@needs("manage_users")
def users() -> str:
    """Every account with its roles."""
    return _users(UsersPage())


@pages.post("/pengguna")
@needs("manage_users")
def add() -> str | tuple[str, int]:
    """Make an account; its one-time link is shown once and handed over by hand."""
    try:
        sent = read_values(NEW_ACCOUNT).sound()
        return _changed(new_account(sent.text("login"), sent.text("name"), sent_list("role")))
    except NotStored:
        raise
    except Refused as error:
        return _users(UsersPage(form=shown(NEW_ACCOUNT, error), roles=sent_list("role"))), error.form_status


@pages.post("/pengguna/<int:user>")
@needs("manage_users")
def change(user: int) -> str | tuple[str, int]:
    """Change roles, address, what papers print of the person, switch off or on, or make a new one-time link."""
    store, act = office().desk.store, chosen_act()
    if store.row("SELECT 1 FROM users WHERE id = ?", [user]) is None:
        abort(404)
    if act == "link":
        return _changed(password_link(user))
    # Nobody locks himself out, or takes the last administrator's role away from himself.
    if act != "details" and user == me().id:
        raise BadForm("own_account")
    try:
        if act != "details":
            return _changed(_rights_change(act, user))
        sent = read_values(ACCOUNT_CHANGE).sound()
        put_details(store, user, *(sent.text(key) for key in ("position", "rank", "nip")))
        set_competence(store, user, sent.text("competence"))
    except NotStored:
        raise
    except Refused as error:
        return _users(UsersPage(changed=user, change=shown(ACCOUNT_CHANGE, error))), error.form_status
    return _users(UsersPage())


def _rights_change(act: str, user: int) -> RightsChange:
    if act == "address":
        typed = read_values(ACCOUNT_CHANGE).sound().text("address")
        return new_address(user, typed_address(typed, office().config.channels))
    if act == "factors":
        return reset_of_factors(user, me().named())
    if act == "on":
        return switch_on(user)
    if act == "off":
        return switch_off(user)
    return new_roles(user, sent_list("role"))


@pages.route("/delegasi", methods=["GET", "POST"])
@pages.menu(MenuGroup.MANAGE, 30, ("Delegasi", "Delegation"), "delegate")
@needs("see_people")
def delegations() -> str | Response | tuple[str, int]:
    """Plh./Plt. with dates; officials delegate what is theirs, the administrator anything."""
    if request.method != "POST":
        return _delegations()
    try:
        answer = _delegate()
    except NotStored:
        raise
    except Refused as error:
        return _delegations(error), error.form_status
    return redirect(url_for("people.delegations", tunggu=answer.waiting))


def _delegate() -> ChangeAnswer:
    sent = read_values(DELEGATION.offering(_delegation_offers(_people()))).sound()
    starts, ends = sent.moment("starts"), sent.moment("ends")
    if starts is None or ends is None:
        raise BadForm("no_hours")
    people = (sent.number("giver"), sent.number("taker"))
    wanted = plh.Delegation(sent.text("role"), *people, starts, ends, sent.text("basis"))
    _own(wanted.giver)
    config = office().config
    return change_rights(office().desk.store, config.second_person, delegation(wanted), me().named(), now())


def _delegation_offers(givers: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    roles = {role: ROLE_NAMES[role].said(g.language) for role in DELEGATED}
    return {"role": roles, "giver": _named(givers), "taker": _named(_people())}


def _delegations(error: Refused | None = None) -> str:
    """The page; only the administrator is offered what is others'."""
    givers = [row for row in _people() if may(me().roles, "manage_users") or row["id"] == me().id]
    return render_template(
        "delegations.html",
        rows=plh.delegations(office().desk.store, now()),
        form=shown(DELEGATION.offering(_delegation_offers(givers)), error),
        roles={role: ROLE_NAMES[role].said(g.language) for role in DELEGATED},
        mine=me().id,
        waiting=query_number("tunggu"),
    )


@pages.post("/delegasi/<int:number>/akhiri")
@needs("delegate")
def end_delegation(number: int) -> Response:
    """End a delegation early."""
    store = office().desk.store
    _own(int(store.value("SELECT from_user FROM delegations WHERE id = ?", [number]) or 0))
    plh.end_delegation(store, number, now())
    return redirect(url_for("people.delegations"))


@pages.get("/piket")
@pages.menu(MenuGroup.NETWORK, 60, ("Piket", "Duty"))
@needs("see_people")
def duty() -> str:
    """Who is on duty now and next."""
    return _duty()


@pages.post("/piket")
@needs("edit_roster")
def change_duty() -> Response | tuple[str, int]:
    """Add a turn or take one off."""
    store = office().desk.store
    try:
        if gone := form_number("remove"):
            roster.remove_turn(store, gone, now())
        else:
            sent = read_values(TURN.offering(_turn_offers())).sound()
            starts, ends = sent.moment("starts"), sent.moment("ends")
            if starts is None or ends is None:
                raise BadForm("no_hours")
            roster.add_turn(store, sent.number("user"), sent.number("rank"), starts, ends)
    except NotStored:
        raise
    except Refused as error:
        return _duty(error), error.form_status
    return redirect(url_for("people.duty"))


def _turn_offers() -> dict[str, dict[str, str]]:
    ranks = {"1": Both("pertama", "first"), "2": Both("kedua", "second")}
    return {"user": _named(_people()), "rank": {rank: name.said(g.language) for rank, name in ranks.items()}}


def _duty(error: Refused | None = None) -> str:
    store = office().desk.store
    here = {rank: roster.on_duty(store, rank, now()) for rank in roster.RANKS}
    form = shown(TURN.offering(_turn_offers()), error)
    return render_template("roster.html", rows=roster.turns(store, now()), here=here, form=form)


def _changed(change: RightsChange) -> str:
    """The page after a change of rights: with the one-time link it made, or the number under which it waits."""
    answer = change_rights(office().desk.store, office().config.second_person, change, me().named(), now())
    return _users(UsersPage(link=link_address(answer.link) if answer.link else None, waiting=answer.waiting))


def _users(page: UsersPage) -> str:
    rows = office().desk.store.rows(
        "SELECT u.id, u.login, u.name, u.active, u.competence, group_concat(r.role, ' ') AS roles,"
        " d.position, d.rank, d.nip, a.address,"
        " (SELECT count(*) FROM second_factors f WHERE f.user_id = u.id AND f.removed_at IS NULL) AS factors"
        " FROM users u LEFT JOIN official_details d ON d.user_id = u.id"
        " LEFT JOIN addresses a ON a.user_id = u.id"
        " LEFT JOIN user_roles r ON r.user_id = u.id GROUP BY u.id ORDER BY u.active DESC, u.name"
    )
    accounts = [{**row, "address": masked_address(row["address"]) if row["address"] else None} for row in rows]
    channels = sorted(office().config.channels)
    return render_template("users.html", rows=accounts, page=page, channels=channels)


def link_address(secret: str) -> str:
    """The address of a one-time link."""
    return office().config.public_url.rstrip("/") + url_for("first_run.password", secret=secret)


def _people() -> list[dict[str, Any]]:
    return office().desk.store.rows("SELECT id, name FROM users WHERE active = 1 ORDER BY name")


def _named(people: list[dict[str, Any]]) -> dict[str, str]:
    return {str(row["id"]): row["name"] for row in people}


def _own(giver: int) -> None:
    if giver != me().id and not may(me().roles, "manage_users"):
        abort(403)
    if not may(me().roles, "delegate"):
        abort(403)
