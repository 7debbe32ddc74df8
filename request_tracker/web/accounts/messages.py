"""Messages: one's own address for them, and what has reached nobody, to be told by a person."""

import json
from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from request_tracker.errors import NotStored, Refused
from request_tracker.notifications.delivery import who_is_meant
from request_tracker.people.addresses import MAX_ADDRESS, address_of, set_address, typed_address
from request_tracker.sop.fields import Field
from request_tracker.store.outbox import OUT_OF_THE_QUEUE, not_arrived, told_by_hand
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import DeclaredForm, read_values, sense_of, shown
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.words.bilingual import Both
from request_tracker.words.message_words import MESSAGES

pages = PageGroup("messages", __name__)


ADDRESS = pages.declare(
    DeclaredForm(
        name="own-address",
        address="/pesan/alamat",
        title=Both("Alamat kabar Anda", "Where you are reached"),
        fields=(
            Field(
                "address",
                "Alamat (kosongkan untuk berhenti)",
                "Address (empty to stop)",
                required=False,
                longest=MAX_ADDRESS,
                fills="off",
            ),
        ),
        sense=sense_of("address", lambda text: typed_address(text, office().config.channels)),
    )
)


@pages.get("/pesan")
@pages.menu(MenuGroup.MANAGE, 60, ("Pesan", "Messages"))
@needs("see_cases")
def listing() -> str:
    """Where I am reached, and the last week's messages that reached nobody or are being tried again."""
    return _page()


@pages.post("/pesan/alamat")
@needs("see_cases")
def address() -> str | Response | tuple[str, int]:
    """Set one's own address; an empty one takes it away."""
    try:
        typed = read_values(ADDRESS).sound().text("address")
        set_address(office().desk.store, me().id, typed, office().config.channels, now())
    except NotStored:
        raise
    except Refused as error:
        return _page(error), error.form_status
    return redirect(url_for("messages.listing"))


@pages.post("/pesan/<int:number>")
@needs("tell_by_hand")
def by_hand(number: int) -> Response:
    """Somebody has told it himself, by telephone or at the counter."""
    if not told_by_hand(office().desk.store, number, me().named(), now()):
        raise Refused("message_gone")
    return redirect(url_for("messages.listing"))


def _page(error: Refused | None = None) -> str:
    store = office().desk.store
    return render_template(
        "messages.html",
        rows=[_shown(row) for row in not_arrived(store, now())],
        form=shown(ADDRESS, error, {"address": address_of(store, me().id)}),
        channels=sorted(office().config.channels),
        fallback=bool(office().config.notify),
    )


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    message = json.loads(row["payload"])
    return {
        **row,
        "message": message,
        "says": MESSAGES.get(message["template"], (message["title"], message["title"])),
        "whom": who_is_meant(office().desk, row["recipient"]),
        "nobody": row["next_at"] == OUT_OF_THE_QUEUE,
    }
