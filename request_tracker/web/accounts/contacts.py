"""The book of contacts: whom an office is told through, and whom to call at each uplink's ISP."""

from dataclasses import replace
from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from inventory.titles import titles
from request_tracker.errors import NotStored, Refused
from request_tracker.inbox.form_sense import contact_faults
from request_tracker.people.contacts import add_entry, end_monthly, everybody, remove_entry, wish_monthly
from request_tracker.people.privacy import masked, note_access
from request_tracker.people.roles import may
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import COMPLAINT, CONTACT, personal_values
from request_tracker.store.database import Store
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import DeclaredForm, read_values, shown
from request_tracker.web.shell.form_values import offered
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.sent_values import form_number
from request_tracker.words.bilingual import Both

pages = PageGroup("contacts", __name__)
FIELDS = tuple(
    replace(field, required=True) if field.key in ("contact_name", "contact_phone") else field
    for field in COMPLAINT
    if field.key in CONTACT
)
CONTACT_FORM = pages.declare(
    DeclaredForm(
        name="contact",
        address="/narahubung",
        title=Both("Tambah narahubung", "Add a contact"),
        fields=(
            Field("subject", "Untuk", "For", "pick"),
            *FIELDS,
            Field("monthly", "ingin menerima ringkasan bulanan", "wishes the monthly summary", "flag", required=False),
        ),
        sense=contact_faults,
    )
)


@pages.get("/narahubung")
@pages.menu(MenuGroup.NETWORK, 70, ("Narahubung", "Contacts"))
@needs("see_people")
def listing() -> str:
    """Everybody in the book, masked but for the roles that need to reach them; an open sight is logged."""
    return _page()


@pages.post("/narahubung")
@needs("edit_book")
def change() -> str | Response | tuple[str, int]:
    """Enter somebody, take somebody out, or keep who wishes the month's summary."""
    store = office().desk.store
    if _change_entry(store):
        return redirect(url_for("contacts.listing"))
    try:
        sent = read_values(CONTACT_FORM.offering({"subject": _subjects()})).sound()
        values = personal_values(FIELDS, sent.typed)
        add_entry(store, sent.text("subject"), values, now(), monthly=bool(sent.clean.get("monthly")))
    except NotStored:
        raise
    except Refused as error:
        return _page(error), error.form_status
    return redirect(url_for("contacts.listing"))


def _change_entry(store: Store) -> bool:
    """Act on somebody who stands in the book; False where the form names nobody."""
    gone, wish, end = (form_number(name) for name in ("remove", "monthly_on", "monthly_off"))
    if gone is not None:
        remove_entry(store, gone, now())
    elif wish is not None:
        wish_monthly(store, wish, now())
    elif end is not None:
        end_monthly(store, end)
    return (gone, wish, end) != (None, None, None)


def _subjects() -> dict[str, str]:
    """Who can stand in the book, with the names shown."""
    city = office().desk.city
    names = titles(city)
    uplinks = {
        f"uplink:{entry.name}": f"Uplink {names[entry.name]}" + (f" ({entry.circuit})" if entry.circuit else "")
        for entry in city.uplinks
    }
    return {**uplinks, **{f"opd:{entry.code}": entry.name for entry in city.opds}}


def _page(error: Refused | None = None) -> str:
    rows: list[dict[str, Any]] = everybody(office().desk.store)
    if may(me().who.roles, "see_contact") and rows:
        note_access(office().desk.store, me().named(), "contact book", "", now())
    elif not may(me().who.roles, "see_contact"):
        rows = [masked(row) for row in rows]
    form = replace(CONTACT_FORM, fields=offered(CONTACT_FORM.fields)).offering({"subject": _subjects()})
    return render_template("contacts.html", rows=rows, subjects=_subjects(), form=shown(form, error))
