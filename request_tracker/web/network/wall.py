"""The wall: one sentence, outages, the city's tree, its uplinks and every office, worst first. Needs no mouse.

A script of ours renews it in its place and keeps the last picture, greyed, while the tracker does not answer; without
scripts the browser loads it anew.
"""

import json
from datetime import datetime
from typing import Any

from flask import Response, g, make_response, render_template, request

from request_tracker.capacity.fallback import fallbacks_in_force
from request_tracker.evidence.wall.figures import figures
from request_tracker.evidence.wall.states import FINE, UNKNOWN, Lasting, branch_states, office_tiles
from request_tracker.ledger import allocations
from request_tracker.outages.maintenance import windows
from request_tracker.outages.tickets import open_tickets
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row
from request_tracker.web.network import wall_view as view
from request_tracker.web.network.wall_drawing import city_map
from request_tracker.web.shell.context import OfficeDesk, now, office
from request_tracker.web.shell.headers import allow_renewal
from request_tracker.web.shell.live import live
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("wall", __name__)
# Nobody touches a wall: often enough that an outage confirmed in three seconds is seen, seldom enough to read it.
RENEW_SECONDS = 10
# The picture of the city: its tree, or a map where every device has coordinates (``?gambar=peta``).
MAP = "peta"


@pages.get("/wall")
@pages.menu(MenuGroup.NETWORK, 20, ("Dinding", "Wall"), "see_live")
@live("every office's live traffic, allocation and outages, and who has taken an outage on")
def wall() -> Response:
    """The page."""
    page = make_response(render_template("wall.html", renew=RENEW_SECONDS, **_drawn(office(), now())))
    allow_renewal(page)
    return page


def _drawn(here: OfficeDesk, at: datetime) -> dict[str, Any]:
    """Everything that stands on the page, by the names that its template has for it."""
    city, tickets, work = here.desk.city, open_tickets(here.desk), windows(here.desk.store, at)
    lasting = [row for row in tickets if row["ended_at"] is None]
    running = {row["root"] for row in work if row["starts_at"] <= stamp(at)}
    still = Lasting({row["root"] for row in lasting}, _cut_off(lasting), running)
    measured = figures(here.prometheus)
    ceilings = {row["opd"]: row for row in allocations.effective_rows(here.desk.store, at)}
    tiles, lines = office_tiles(city, measured, ceilings, still), branch_states(city, measured, still)
    shown = tiles[: view.shown_tiles(tiles)]
    courses = here.courses.read(here.prometheus, [tile.code for tile in shown], at.timestamp())
    rows, left_out = view.tree_rows(city, lines, tiles)
    root_state = FINE if measured.watch_believed else UNKNOWN
    words = {state: word.said(g.language) for state, word in view.STATE_WORDS.items()}
    return {
        "at": at,
        "verdict": view.verdict(city, lasting, measured, tiles, lines),
        "figures": measured,
        "tickets": tickets,
        "lasting": lasting,
        "work": work,
        "fallbacks": fallbacks_in_force(here.desk.store, here.desk.city),
        "running": running,
        "uplinks": view.uplink_panels(city, lines, courses),
        "rows": rows,
        "left_out": left_out,
        "root_state": root_state,
        "map": city_map(city, lines, root_state) if request.args.get("gambar") == MAP else None,
        "tiles": [(tile, view.sparkline(tile, courses)) for tile in shown],
        "shapes": tiles[len(shown) :],
        "oldest": view.oldest(tiles),
        "state_words": list(words.items()),
        "said_state": words.get,
    }


def _cut_off(lasting: list[Row]) -> set[str]:
    """Offices without a line; one that has lost the internet alone still has its own traffic."""
    return {code for row in lasting if row["kind"] != "uplink" for code in json.loads(row["offices"])}
