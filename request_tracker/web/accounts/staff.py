"""Accounts and roles, delegations, the duty roster, the office's days. Each act is a form; each needs its role."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask import abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from request_tracker.calendar.ramadan import unconfirmed
from request_tracker.cases.context import Desk
from request_tracker.cases.deadlines import foresee_deadlines, move_deadlines
from request_tracker.cases.holidays import (
    day_row,
    drop_day_inside,
    office_days,
    own_ramadan,
    put_day_inside,
    with_office_days,
    with_own_days,
    with_ramadan,
)
from request_tracker.errors import BadForm
from request_tracker.people import delegations as plh
from request_tracker.people import roster
from request_tracker.people.accounts import MAX_LOGIN, MAX_PERSON_NAME, set_competence
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
from request_tracker.people.second_person import change_rights
from request_tracker.store.database import Row
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.form_values import when
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.sent_values import form_number, query_number
from request_tracker.words.labels import phrase
from request_tracker.words.written import day_of

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
    form = request.form
    login, name = form.get("login", "")[:MAX_LOGIN], form.get("name", "")[:MAX_PERSON_NAME]
    return _changed(new_account(login, name, tuple(form.getlist("role"))))


@pages.post("/pengguna/<int:user>")
@needs("manage_users")
def change(user: int) -> str:
    """Change roles, address, what papers print of the person, switch off or on, or make a new one-time link."""
    store, act = office().desk.store, request.form.get("act")
    if store.row("SELECT 1 FROM users WHERE id = ?", [user]) is None:
        abort(404)
    if act == "link":
        return _changed(password_link(user))
    if act == "details":
        put_details(store, user, *(request.form.get(key, "") for key in ("position", "rank", "nip")))
        set_competence(store, user, request.form.get("competence", ""))
        return _users()
    # Nobody locks himself out, or takes the last administrator's role away from himself.
    if user == me().id:
        raise BadForm("own_account")
    return _changed(_rights_change(act, user))


def _rights_change(act: str | None, user: int) -> RightsChange:
    form = request.form
    if act == "address":
        return new_address(user, typed_address(form.get("address", ""), office().config.channels))
    if act == "factors":
        return reset_of_factors(user, me().named())
    if act == "on":
        return switch_on(user)
    if act == "off":
        return switch_off(user)
    return new_roles(user, tuple(form.getlist("role")))


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
        answer = change_rights(store, office().config.second_person, delegation(wanted), me().named(), now())
        return redirect(url_for("people.delegations", tunggu=answer.waiting))
    roles = {role: ROLE_NAMES[role].said(g.language) for role in DELEGATED}
    rows = plh.delegations(store, now())
    waiting = query_number("tunggu")
    return render_template("delegations.html", rows=rows, people=_people(), roles=roles, mine=me().id, waiting=waiting)


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
    own = own_ramadan(desk.store)
    confirmed = (*own, *office().config.calendar.ramadan)
    return render_template(
        "holidays.html",
        rows=office_days(desk.store),
        closed=closed,
        months=[(month, month in confirmed) for month in desk.calendar.ramadan if month[1].year >= year],
        own=own,
        lacking=unconfirmed(desk.calendar.closed, confirmed, desk.calendar.local(now()).date()),
    )


@pages.post("/hari-libur")
@needs("edit_days")
def change_day() -> Response:
    """Add or drop a day; deadlines of open steps follow, with an event in each case that moved."""
    here = office()
    try:
        day = day_of(request.form.get("day", ""))
    except ValueError as error:
        raise BadForm("no_day_name") from error
    dropped = request.form.get("act") == "drop"
    row = None if dropped else day_row(day, request.form.get("name", ""), request.form.get("worked") == "1")
    current_app.extensions["office"] = replace(here, desk=_with_day(day, row))
    return redirect(url_for("people.days"))


def _with_day(day: date, row: Row | None) -> Desk:
    """The desk after a day was put into the list, or taken off it, with every deadline that it moves."""
    bare: Desk = current_app.extensions["bare_desk"]
    reason, at = f"hari libur {day.isoformat()}", now()
    others = [other for other in office_days(bare.store) if other["day"] != day.isoformat()]
    days = with_office_days(bare.calendar, [*others, row] if row else others)
    wanted = with_ramadan(days, own_ramadan(bare.store))
    foreseen = foresee_deadlines(replace(bare, calendar=wanted), reason, at)
    with bare.store.transaction() as db:
        if row is None:
            drop_day_inside(db, day)
        else:
            put_day_inside(db, day, row["name"], bool(row["worked"]))
        changed = with_own_days(bare)
        # Somebody else has changed another day meanwhile: then what was foreseen is by a calendar that never was.
        move_deadlines(changed, db, foreseen if changed.calendar == wanted else {}, reason, at)
    return changed


def _changed(change: RightsChange) -> str:
    """The page after a change of rights: with the one-time link it made, or the number under which it waits."""
    answer = change_rights(office().desk.store, office().config.second_person, change, me().named(), now())
    return _users(link=link_address(answer.link) if answer.link else None, waiting=answer.waiting)


def _users(link: str | None = None, waiting: int | None = None) -> str:
    rows = office().desk.store.rows(
        "SELECT u.id, u.login, u.name, u.active, u.competence, group_concat(r.role, ' ') AS roles,"
        " d.position, d.rank, d.nip, a.address,"
        " (SELECT count(*) FROM second_factors f WHERE f.user_id = u.id AND f.removed_at IS NULL) AS factors"
        " FROM users u LEFT JOIN official_details d ON d.user_id = u.id"
        " LEFT JOIN addresses a ON a.user_id = u.id"
        " LEFT JOIN user_roles r ON r.user_id = u.id GROUP BY u.id ORDER BY u.active DESC, u.name"
    )
    shown = [{**row, "address": masked_address(row["address"]) if row["address"] else None} for row in rows]
    channels = sorted(office().config.channels)
    return render_template("users.html", rows=shown, link=link, waiting=waiting, channels=channels)


def link_address(secret: str) -> str:
    """The address of a one-time link."""
    return office().config.public_url.rstrip("/") + url_for("first_run.password", secret=secret)


def _people() -> list[dict[str, Any]]:
    return office().desk.store.rows("SELECT id, name FROM users WHERE active = 1 ORDER BY name")


def _own(giver: int) -> None:
    if giver != me().id and not may(me().roles, "manage_users"):
        abort(403)
    if not may(me().roles, "delegate"):
        abort(403)


def _number(key: str) -> int:
    number = form_number(key)
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
