"""The requester's papers behind the secret link: only those that are his, each as a download."""

from flask import Response
from werkzeug.exceptions import NotFound

from request_tracker.cases import history, read_case
from request_tracker.letters.requester_papers import requester_papers
from request_tracker.sop import register
from request_tracker.web.cases.papers import attachment, made_paper
from request_tracker.web.public.link_places import case_of_link
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import office
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("own_papers", __name__)


@pages.get("/lacak/<token>/surat/<key>")
@seen_by(Audience.LINK, "the papers of his own case", "the secret link of his receipt")
def paper(token: str, key: str) -> Response:
    """One of them: the file that was handed in or came back signed, else the paper as PDF."""
    desk = office().desk
    case = read_case(desk, case_of_link(token))
    sop = register.by_hash(desk.store, case.sop_hash)
    handed = next((own for own in requester_papers(case, sop, history(desk, case.number)) if own.key == key), None)
    if handed is None:
        raise NotFound
    if handed.record and handed.record.sha256:
        return attachment(handed.record.sha256, handed.record.name)
    return made_paper(case, sop, str(handed.template), "pdf")
