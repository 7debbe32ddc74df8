"""Who uses an OPD's bandwidth: a page for staff alone. Every sight is written down (UU 27/2022); nothing is kept."""

from flask import abort, render_template, request

from request_tracker.evidence.hosts import DIRECTIONS, Unanswered, users
from request_tracker.people.privacy import note_hosts
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("hosts", __name__)
# The spans one may look back, in seconds; their names are those of the collector's own interface.
SPANS = {"1h": 3600, "6h": 21_600, "24h": 86_400, "7d": 604_800, "30d": 2_592_000}


@pages.get("/pemakai")
@needs("see_hosts")
def view() -> str:
    """The form; with an OPD also its hosts, remote networks and services in one direction."""
    here, opd = office(), request.args.get("opd", "")
    span, direction = request.args.get("lama", "1h"), request.args.get("arah", "receive")
    if span not in SPANS or direction not in DIRECTIONS:
        abort(404)
    if opd and opd not in {city_opd.code for city_opd in here.desk.city.opds}:
        abort(404)
    if opd and me().opd not in (None, opd):
        abort(403)
    usage, problem = None, None
    if opd:
        try:
            usage = users(here.config.flows, opd, span, direction)
            note_hosts(here.desk.store, me().named(), opd, span, now())
        except Unanswered as error:
            problem = error
    choice = {"opd": opd, "span": span, "direction": direction, "spans": SPANS}
    opds = [city_opd for city_opd in here.desk.city.opds if me().opd in (None, city_opd.code)]
    return render_template("hosts.html", usage=usage, problem=problem, opds=opds, **choice)
