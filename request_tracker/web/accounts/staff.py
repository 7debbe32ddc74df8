"""Accounts and roles, delegations, the duty roster, the office's days. Each act is a form; each needs its role."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask import abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from request_tracker.cases.commands import recompute_inside
from request_tracker.cases.holidays import drop_day_inside, office_days, put_day_inside, with_own_days
from request_tracker.errors import BadForm
from request_tracker.people import delegations as plh
from request_tracker.people import roster
from request_tracker.people.accounts import (
    MAX_LOGIN,
    MAX_PERSON_NAME,
    NewAccount,
    add_user_inside,
    set_active,
    set_competence,
    set_roles,
)
from request_tracker.people.addresses import masked_address, set_address
from request_tracker.people.details import put_details
from request_tracker.people.links import new_link, new_link_inside, unusable_password
from request_tracker.people.roles import ROLE_NAMES, may
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.form_values import when
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.words.labels import phrase

pages = PageGroup("people", __name__)
DELEGATED = ("head_of_office", "head_of_division", "head_of_section", "secretariat")


@pages.get("/pengguna")
@pages.menu(MenuGroup.MANAGE, 10, ("Pengguna", "Users"), "manage_users")
@needs("manage_users")
def users() -> str:
    """Every account with its roles."""
    return _users()


@pages.post("/pengguna")
@needs("manage_users")
def add() -> str:
    """Make an account; its one-time link is shown once and handed over by hand."""
    form, store = request.form, office().desk.store
    wanted = NewAccount(
        form.get("login", "")[:MAX_LOGIN], form.get("name", "")[:MAX_PERSON_NAME], tuple(form.getlist("role")), ""
    )
    hashed = unusable_password()
    with store.transaction() as db:
        user = add_user_inside(store, db, wanted, hashed, now())
        secret = new_link_inside(db, user, now())
    return _users(link=_address_of(secret))


@pages.post("/pengguna/<int:user>")
@needs("manage_users")
def change(user: int) -> str:
    """Change roles, address, what papers print of the person, switch off or on, or make a new one-time link."""
    store, act = office().desk.store, request.form.get("act")
    if store.row("SELECT 1 FROM users WHERE id = ?", [user]) is None:
        abort(404)
    if act == "link":
        return _users(link=_address_of(new_link(store, user, now())))
    if act == "details":
        put_details(store, user, *(request.form.get(key, "") for key in ("position", "rank", "nip")))
        set_competence(store, user, request.form.get("competence", ""))
        return _users()
    # Nobody locks himself out, or takes the last administrator's role away from himself.
    if user == me().id:
        raise BadForm("own_account")
    if act == "address":
        set_address(store, user, request.form.get("address", ""), office().config.channels, now())
    elif act in ("on", "off"):
        set_active(store, user, act == "on", now())
    else:
        set_roles(store, user, tuple(request.form.getlist("role")))
    return _users()


@pages.route("/delegasi", methods=["GET", "POST"])
@pages.menu(MenuGroup.MANAGE, 30, ("Delegasi", "Delegation"), "delegate")
@needs("see_people")
def delegations() -> str | Response:
    """Plh./Plt. with dates; officials delegate what is theirs, the administrator anything."""
    store = office().desk.store
    if request.method == "POST":
        wanted = plh.Delegation(
            request.form.get("role", ""),
            _number("giver"),
            _number("taker"),
            _moment("starts"),
            _moment("ends"),
            _text(),
        )
        _own(wanted.giver)
        plh.delegate(store, wanted, now())
        return redirect(url_for("people.delegations"))
    roles = {role: ROLE_NAMES[role].said(g.language) for role in DELEGATED}
    rows = plh.delegations(store, now())
    return render_template("delegations.html", rows=rows, people=_people(), roles=roles, mine=me().id)


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
    store = office().desk.store
    here = {rank: roster.on_duty(store, rank, now()) for rank in roster.RANKS}
    return render_template("roster.html", rows=roster.turns(store, now()), here=here, people=_people())


@pages.post("/piket")
@needs("edit_roster")
def change_duty() -> Response:
    """Add a turn or take one off."""
    store = office().desk.store
    if request.form.get("remove"):
        roster.remove_turn(store, _number("remove"), now())
    else:
        roster.add_turn(store, _number("user"), _number("rank"), _moment("starts"), _moment("ends"))
    return redirect(url_for("people.duty"))


@pages.get("/hari-libur")
@pages.menu(MenuGroup.MANAGE, 50, ("Hari libur", "Holidays"), "edit_days")
@needs("see_people")
def days() -> str:
    """Holidays the office added, and those of the packages for this year and the next."""
    desk = office().desk
    year = desk.calendar.local(now()).year
    closed = sorted((day, name) for day, name in desk.calendar.closed.items() if day.year in (year, year + 1))
    return render_template("holidays.html", rows=office_days(desk.store), closed=closed)


@pages.post("/hari-libur")
@needs("edit_days")
def change_day() -> Response:
    """Add or drop a day; deadlines of open steps follow, with an event in each case that moved."""
    here = office()
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError as error:
        raise BadForm("no_day_name") from error
    with here.desk.store.transaction() as db:
        if request.form.get("act") == "drop":
            drop_day_inside(db, day)
        else:
            put_day_inside(db, day, request.form.get("name", ""), request.form.get("worked") == "1")
        # From the desk of the configuration: days taken off the list come back, which an already changed calendar has
        # lost.
        changed = replace(here, desk=with_own_days(current_app.extensions["bare_desk"]))
        recompute_inside(changed.desk, db, f"hari libur {day.isoformat()}", now())
    # After the transaction; the worker beside the pages reads the list anew for each of its duties.
    current_app.extensions["office"] = changed
    return redirect(url_for("people.days"))


def _users(link: str | None = None) -> str:
    rows = office().desk.store.rows(
        "SELECT u.id, u.login, u.name, u.active, u.competence, group_concat(r.role, ' ') AS roles,"
        " d.position, d.rank, d.nip, a.address FROM users u LEFT JOIN official_details d ON d.user_id = u.id"
        " LEFT JOIN addresses a ON a.user_id = u.id"
        " LEFT JOIN user_roles r ON r.user_id = u.id GROUP BY u.id ORDER BY u.active DESC, u.name"
    )
    shown = [{**row, "address": masked_address(row["address"]) if row["address"] else None} for row in rows]
    return render_template("users.html", rows=shown, link=link, channels=sorted(office().config.channels))


def _address_of(secret: str) -> str:
    return office().config.public_url.rstrip("/") + url_for("first_run.password", secret=secret)


def _people() -> list[dict[str, Any]]:
    return office().desk.store.rows("SELECT id, name FROM users WHERE active = 1 ORDER BY name")


def _own(giver: int) -> None:
    if giver != me().id and not may(me().roles, "manage_users"):
        abort(403)
    if not may(me().roles, "delegate"):
        abort(403)


def _number(key: str) -> int:
    number = request.form.get(key, type=int)
    if number is None:
        raise BadForm("missing_here", fields=phrase(key))
    return number


def _text() -> str:
    return request.form.get("basis", "")


def _moment(key: str) -> datetime:
    moment = when(key)
    if moment is None:
        raise BadForm("missing_here", fields=phrase(key))
    return moment
