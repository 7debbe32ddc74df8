"""Changes of who may act that wait for a second person: who asked for what, with its two forms."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from request_tracker.people.roles import ROLE_NAMES
from request_tracker.people.second_person import confirm, may_confirm, refuse, waiting_changes
from request_tracker.web.accounts.staff import link_address
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.words.bilingual import Both, joined

pages = PageGroup("confirmations", __name__)
ACTS = {
    "add": Both("membuat akun", "make an account"),
    "roles": Both("mengganti peran", "change roles"),
    "link": Both("membuat tautan sandi", "make a password link"),
    "on": Both("mengaktifkan akun", "switch an account on"),
    "factors": Both("mencabut faktor kedua", "remove the second factors"),
    "delegate": Both("mendelegasikan peran", "delegate a role"),
}


@pages.get("/persetujuan")
@pages.menu(MenuGroup.MANAGE, 25, ("Persetujuan", "Confirmations"), "confirm_rights")
@needs("confirm_rights")
def listing() -> str:
    """What waits, the oldest first."""
    return _page()


@pages.post("/persetujuan/<int:number>/setuju")
@needs("confirm_rights")
def give(number: int) -> str:
    """Confirm; the one-time link that the change makes is shown once, here."""
    here = office()
    answer = confirm(here.desk.store, here.config.second_person, number, me(), now())
    return _page(done=True, link=link_address(answer.link) if answer.link else None)


@pages.post("/persetujuan/<int:number>/tolak")
@needs("confirm_rights")
def deny(number: int) -> Response:
    """Refuse; who asked takes it back by the same."""
    here = office()
    refuse(here.desk.store, here.config.second_person, number, me(), now())
    return redirect(url_for("confirmations.listing"))


def _page(done: bool = False, link: str | None = None) -> str:
    here = office()
    rows = [
        {
            **row,
            "what": ACTS[row["act"]],
            "whom": _whom(row["data"]),
            "roles": _roles(row["data"]),
            "mine": may_confirm(here.config.second_person, me(), row),
        }
        for row in waiting_changes(here.desk.store, now())
    ]
    return render_template("confirmations.html", rows=rows, done=done, link=link)


def _whom(data: Mapping[str, Any]) -> str:
    """The account it is about: a new one by its name and user name, else by its reference."""
    return f"{data['name']} ({data['login']})" if "login" in data else f"user:{data.get('user', data.get('taker'))}"


def _roles(data: Mapping[str, Any]) -> Both:
    roles = data.get("roles", [data["role"]] if "role" in data else [])
    return joined(ROLE_NAMES[role] for role in roles)
