"""The pages' one way to act on a case: a command of a form in, the case after everything that follows it out.

What follows is the office's (``followers``), not the page's; the page adds what belongs to its form: the draft that is
done with, and where its answer leads, so that the same form sent again is answered and not acted on.
"""

from dataclasses import dataclass

from flask import g
from sqlite_utils import Database

from request_tracker.capacity.signed_effects import effects_of_decisions
from request_tracker.cases import Case, Command, Note, Who
from request_tracker.cases.merging import doubles
from request_tracker.cases.signing_off import CaseAct, Followers, sign_off
from request_tracker.evidence.freezing import evidence_of_allocations
from request_tracker.letters.keeping import signed_papers
from request_tracker.outages.reported import reported_end
from request_tracker.store import drafts
from request_tracker.store.idempotency import FormAnswer, complete
from request_tracker.web.shell.access import me
from request_tracker.web.shell.context import OfficeDesk, now, office

FOUND = 302  # What Flask's own redirect answers.


@dataclass(frozen=True)
class SentForm:
    """What belongs to the form beside its command: the version it showed, its draft, the page it leads to.

    ``also``: what the same form says beside its command. ``effects_shown``: the hash of the effect that it showed.
    """

    version: int | None = None
    draft: tuple[str, str, str] | None = None
    leads_to: str | None = None
    also: tuple[Note, ...] = ()
    effects_shown: str = ""


NO_FORM = SentForm()


def followers(here: OfficeDesk) -> Followers:
    """What follows an act: evidence with it, a paper that all have signed, a reported outage's end."""
    return Followers(
        measured=(
            evidence_of_allocations(here.desk, here.prometheus, here.config.evidence),
            effects_of_decisions(here.desk),
        ),
        made=(signed_papers(here.desk, here.config), reported_end(here.desk), doubles(here.desk)),
    )


def act_on(number: str, command: Command, form: SentForm = NO_FORM, who: Who | None = None) -> Case:
    """Do it, as the person who is logged in unless ``who`` acts by a link. Raises Refused; then nothing was done."""
    here, mark = office(), g.get("sent_mark")

    def rows(db: Database) -> None:
        if form.draft is not None:
            drafts.forget(db, form.draft)
        if mark is not None and form.leads_to is not None:
            complete(db, mark, FormAnswer(FOUND, form.leads_to))

    doer = who or me().who
    act = CaseAct(
        number, command, doer, now, version=form.version, rows=rows, also=form.also, effects_shown=form.effects_shown
    )
    return sign_off(here.desk, act, followers(here))
