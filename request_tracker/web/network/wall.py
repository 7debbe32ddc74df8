"""The wall: one verdict sentence, the age of the data, OPD tiles worst first, open tickets. Needs no mouse."""

import json

from flask import Response, make_response, render_template

from request_tracker.evidence.wall import Wall, look
from request_tracker.outages.tickets import open_tickets
from request_tracker.store.database import Row
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("wall", __name__)
# Nobody touches a wall: often enough that an outage confirmed in three seconds is seen, seldom enough to read it.
RENEW_SECONDS = 10


@pages.get("/wall")
@pages.menu(MenuGroup.NETWORK, 20, ("Dinding", "Wall"))
def wall() -> Response:
    """The page; it renews itself every ten seconds."""
    here = office()
    tickets = open_tickets(here.desk)
    lasting = [row for row in tickets if row["ended_at"] is None]
    cut_off = {code for row in lasting if row["kind"] != "uplink" for code in json.loads(row["offices"])}
    state = look(here.prometheus, here.desk.store, here.desk.city, cut_off, now())
    page = make_response(
        render_template("wall.html", wall=state, tickets=tickets, verdict=verdict(state, lasting), at=now())
    )
    page.headers["Refresh"] = str(RENEW_SECONDS)
    return page


def verdict(state: Wall, lasting: list[Row]) -> tuple[str, str, str]:
    """State (``bad``, ``warn``, ``unknown``, ``good``) and the sentence in two languages."""
    if lasting:
        offices = {code for row in lasting for code in json.loads(row["offices"])}
        many, roots = len(offices), ", ".join(row["root"] for row in lasting[:3])
        return (
            "bad",
            f"{len(lasting)} gangguan: {roots}; {many} OPD terdampak",
            f"{len(lasting)} outages: {roots}; {many} offices hit",
        )
    if state.stale:
        return (
            "unknown",
            "Data pemantauan terlalu lama; keadaan tidak diketahui",
            "Monitoring data is old; state unknown",
        )
    down = [tile for tile in state.tiles if tile.state == "down"]
    if down:
        return (
            "warn",
            f"{len(down)} OPD tidak menjawab, sedang dipastikan",
            f"{len(down)} offices do not answer, being confirmed",
        )
    full = [tile for tile in state.tiles if tile.state == "full"]
    if full:
        return (
            "warn",
            f"Semua tersambung; {len(full)} OPD memakai lebih dari 90 % alokasinya",
            f"All connected; {len(full)} offices above 90 % of their allocation",
        )
    return "good", f"Semua {len(state.tiles)} OPD tersambung", f"All {len(state.tiles)} offices connected"
