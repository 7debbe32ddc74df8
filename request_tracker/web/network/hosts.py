"""Who uses an OPD's bandwidth: a page for staff alone. Every sight is written down (UU 27/2022); nothing is kept."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, g, render_template, request

from request_tracker.chart.bars import draw_bar
from request_tracker.evidence.hosts import TopHosts, Unanswered, users
from request_tracker.people.privacy import note_hosts
from request_tracker.web.network.host_form import (
    ALL,
    FILTERS,
    GRAPHS,
    SPANS,
    HostChoice,
    NoSuchPage,
    local_text,
    read_choice,
)
from request_tracker.web.network.host_graph import GraphView, graph_view
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("hosts", __name__)


@pages.get("/pemakai")
@needs("see_hosts")
def view() -> str:
    """The form; with an OPD also who used it in one direction: over time, in tables, beside the time before."""
    here, zone = office(), office().desk.calendar.zone
    choice = _choice(zone)
    usage, problem = None, None
    if choice.opd:
        person = me().named()
        try:
            usage = users(here.config.flows, choice.question(person), choice.direction)
            note_hosts(here.desk.store, person, choice.opd, choice.noted(zone), now())
        except Unanswered as error:
            problem = error
    opds = [city_opd for city_opd in here.desk.city.opds if me().opd in (None, city_opd.code)]
    shown: dict[str, Any] = {
        "choice": choice,
        "opds": opds,
        "all_opds": me().opd is None,
        "spans": SPANS,
        "filters": FILTERS,
        "bar": draw_bar,
    }
    shown |= {"times": _times(choice, usage, zone), "graph": _graph(usage, choice, zone), "graphs": GRAPHS}
    return render_template("hosts.html", usage=usage, problem=problem, **shown)


def _choice(zone: ZoneInfo) -> HostChoice:
    """What was asked for, by somebody who may ask for it."""
    try:
        choice = read_choice(request.args, zone)
    except NoSuchPage:
        abort(404)
    if choice.opd and choice.opd != ALL and choice.opd not in {opd.code for opd in office().desk.city.opds}:
        abort(404)
    if choice.opd and me().opd not in (None, choice.opd):
        abort(403)
    return choice


def _graph(usage: TopHosts | None, choice: HostChoice, zone: ZoneInfo) -> GraphView | None:
    if usage is None or usage.graph is None or not usage.bytes:
        return None
    return graph_view(usage.graph, choice, usage.until, (g.language, zone))


def _times(choice: HostChoice, usage: TopHosts | None, zone: ZoneInfo) -> dict[str, Any]:
    """The fields of a range of one's own, and how long the time is of which rates are told."""
    fields = {"since": "", "until": ""}
    if choice.since is not None and choice.until is not None:
        fields = {"since": local_text(choice.since, zone), "until": local_text(choice.until, zone)}
    return {**fields, "seconds": (usage.until - usage.since if usage and usage.until else 0) or choice.seconds}
