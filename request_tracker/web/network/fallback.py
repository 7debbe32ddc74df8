"""Plans for the loss of an uplink: each office before and after, the sums, who signed; put forward and signed here."""

from dataclasses import dataclass

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from inventory.admission import DIRECTIONS, Direction, RatePair, capacity_of, usable
from inventory.fallback import FallbackPlan, rates_in, shared_lines
from inventory.model import City
from request_tracker.capacity.fallback import (
    CONFIRMED,
    REFUSED,
    WITHDRAWN,
    FallbackStanding,
    ask_for_plan,
    decide_on_plan,
    fallbacks_in_force,
    rule_words,
    standings,
)
from request_tracker.errors import BadForm
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import chosen_act, sent_text
from request_tracker.web.shell.form_values import MAX_LINE, MAX_SEARCH
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.words.bilingual import Both
from request_tracker.words.way_names import WAY_NAMES

pages = PageGroup("fallback", __name__)


@dataclass(frozen=True, kw_only=True)
class FallbackRow:
    """One office in one direction: its rates now, and while the other line is lost."""

    opd: str
    way: Both
    before: RatePair
    after: RatePair


@dataclass(frozen=True, kw_only=True)
class FallbackSum:
    """One direction of a line: what may be guaranteed, what the plan guarantees, and its ceilings. Bytes per second."""

    way: Both
    capacity: int
    usable: int
    guaranteed: int
    ceilings: int


@dataclass(frozen=True, kw_only=True)
class FallbackLineView:
    """What one line carries while the other is lost."""

    uplink: str
    rows: tuple[FallbackRow, ...]
    sums: tuple[FallbackSum, ...]


@pages.get("/mode-cadangan")
@pages.menu(MenuGroup.NETWORK, 46, ("Mode cadangan", "Fallback"), "see_capacity")
@needs("see_capacity")
def page() -> str:
    """Every uplink that names a fallback."""
    here, at = office(), now()
    every = standings(here.desk, at)
    losses = [
        (standing, _lines(here.desk.city, standing), rule_words(standing.draft.terms["rule"])) for standing in every
    ]
    running, shared = fallbacks_in_force(here.desk.store, here.desk.city), shared_lines(here.desk.city)
    return render_template("fallback.html", losses=losses, running=running, shared=shared)


@pages.post("/mode-cadangan/ajukan")
@needs("ask_fallback")
def ask() -> Response:
    """Put the plan that was shown before those who may sign."""
    ask_for_plan(office().desk, sent_text("loss", MAX_LINE), sent_text("hash", MAX_SEARCH), me(), now())
    return redirect(url_for("fallback.page"))


@pages.post("/mode-cadangan/<int:number>")
@needs("sign_fallback")
def decide(number: int) -> Response:
    """Sign it, refuse it, or take back what was signed."""
    outcome = chosen_act()
    if outcome not in (CONFIRMED, REFUSED, WITHDRAWN):
        raise BadForm("fallback_decided")
    decide_on_plan(office().desk.store, number, outcome, me(), now())
    return redirect(url_for("fallback.page"))


def _lines(city: City, standing: FallbackStanding) -> tuple[FallbackLineView, ...]:
    before = rates_in(list(standing.present.values()))
    return tuple(
        FallbackLineView(
            uplink=plan.uplink,
            rows=tuple(
                FallbackRow(opd=opd, way=WAY_NAMES[way], before=before[opd, way], after=after)
                for (opd, way), after in sorted(plan.rates.items())
            ),
            sums=tuple(_sum(city, plan, way) for way in DIRECTIONS),
        )
        for plan in standing.draft.plans
    )


def _sum(city: City, plan: FallbackPlan, way: Direction) -> FallbackSum:
    pairs = [pair for (_, direction), pair in plan.rates.items() if direction == way]
    capacity = capacity_of(city.uplink(plan.uplink), way)
    return FallbackSum(
        way=WAY_NAMES[way],
        capacity=capacity,
        usable=usable(capacity),
        guaranteed=sum(pair.guaranteed for pair in pairs),
        ceilings=sum(pair.ceiling for pair in pairs),
    )
