"""The page of a form whose photograph takes long: how it goes, again and again by itself, and then the form's answer.

The server sends people here (``server.gateway``) and goes on with their form; nobody sends anything a second time.
"""

from flask import Response, abort, make_response, redirect, render_template
from werkzeug.wrappers import Response as Redirect

from request_tracker.server.long_works import LongWork
from request_tracker.store.picture_work import QUEUE
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import office
from request_tracker.web.shell.pages import Conduct, PageGroup

pages = PageGroup("picture_progress", __name__, Conduct(papers=True))
PROGRESS_PATH = "/diolah/"
# A photograph takes one to six seconds; looking costs a page of some kilobytes.
LOOK_SECONDS = 2
# The same form, sent to where it belongs (RFC 9110): an answer that is a form again has no address of its own.
AS_BEFORE = 307


@pages.get(f"{PROGRESS_PATH}<ticket>")
@seen_by(Audience.LINK, "how one's own photograph goes, and then the answer to the form", "the ticket in the address")
def look(ticket: str) -> Response:
    """How it goes; the answer, once it is there."""
    work = _work(ticket)
    if work.answer is not None:
        status, fields, body = work.answer
        return Response(body, status, fields)
    page = make_response(render_template("picture_progress.html", work=work, standing=QUEUE.standing()))
    page.headers["Refresh"] = str(LOOK_SECONDS)
    return page


@pages.post(f"{PROGRESS_PATH}<ticket>")
@seen_by(Audience.LINK, "the form that was the answer, sent to its own page", "the ticket in the address")
def again(ticket: str) -> Redirect:
    """A form that was the answer is sent to its own page."""
    return redirect(_work(ticket).path, AS_BEFORE)


def _work(ticket: str) -> LongWork:
    work = office().works.of(ticket)
    if work is None:
        abort(404)
    return work
