"""Linking a case to another from its page, by number; both pages then show the other."""

from request_tracker.cases.relations import Relation, relate
from request_tracker.web.cases.case_pages import Answer, on_the_case
from request_tracker.web.cases.official_forms import RELATION
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import chosen_act, read_values
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("relations", __name__)
pages.declare(RELATION)


@pages.post("/kasus/<path:number>/terkait")
@needs("relate")
def change(number: str) -> Answer:
    """Link, or take a link away."""
    return on_the_case(number, RELATION, lambda: _change(number), "terkait")


def _change(number: str) -> None:
    other = read_values(RELATION).sound().text("other").upper()
    relate(office().desk, Relation(number, other, chosen_act() == "remove"), me().who, now())
