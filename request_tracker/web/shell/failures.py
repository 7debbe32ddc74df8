"""What stands where a page cannot: an exception in, a sentence in the reader's language and its status out.

Programs (``/api/``) read JSON. No traceback ever reaches a reader; what nobody expected is in the log, once: the
storage that could not be read or written (503, it may be well again soon), or a fault of the program's own (500, with a
number by which the log tells which one); what the administrator can mend is in the log as well.
"""

from traceback import walk_tb

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from request_tracker.errors import Refused, TrackerError, failure_behind
from request_tracker.web.shell.access import refused
from request_tracker.web.shell.context import office
from request_tracker.web.shell.language import chosen

# The statuses that have a sentence of their own (``page_403`` ...); any other has the same one.
EXPLAINED = (403, 404, 405, 413, 429)
MENDED = "event=page_for_the_administrator kind=%s raised=%s route=%s"
LINE = "event=page_failed reason=%s number=%s route=%s"


class FailureTellingFlask(Flask):
    """Flask that leaves the log of what broke to its one line here: its own names the address, with what is secret."""

    def log_exception(self, exc_info: object) -> None:
        """Nothing: ``_broken`` is called for the same exception next, and tells of it."""


def answer_failures(app: Flask) -> None:
    """Answer every exception of the application's views by a page of its own."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(TrackerError, _wrong)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(InternalServerError, _late)
    app.register_error_handler(Exception, _broken)


def _page(status: int, error: TrackerError, logged: bool = False) -> Response:
    if request.path.startswith("/api/"):
        return refused(status, str(error))
    shown = error if isinstance(error, Refused) else Refused("for_the_administrator", told=str(error))
    sentence = shown.text(chosen())
    try:
        return make_response(render_template("failure.html", status=status, sentence=sentence), status)
    except Exception:
        # The frame of all pages is a template too, and reads the database for who is logged in: what broke the page
        # may break this one. Then the sentence stands alone.
        if not logged:
            current_app.logger.exception("event=failure_page_failed route=%s status=%d", request.url_rule, status)
        return Response(sentence, status, content_type="text/plain; charset=utf-8")


def _broken(error: Exception) -> Response:
    failure = failure_behind(error)
    # The route and not the address: a path may hold a secret link, a query what somebody typed.
    current_app.logger.error(LINE, failure.code, failure.number, request.url_rule, exc_info=error)
    return _page(failure.status, failure, logged=True)


def _late(error: InternalServerError) -> Response:
    """What is raised when a page is made already (headers, session) comes inside this one."""
    raised = error.original_exception
    return _broken(raised) if isinstance(raised, Exception) else _http(error)


def _refused(error: Refused) -> Response:
    return _page(error.status, error)


def _wrong(error: TrackerError) -> Response:
    """What the administrator mends (a template, a file, a setting): the reader is told, and so is the log."""
    # Where it was raised and not its text: that may repeat what somebody typed.
    current_app.logger.warning(MENDED, type(error).__name__, _raised_at(error), request.url_rule)
    return _page(400, error)


def _raised_at(error: Exception) -> str:
    """The module and line that raised it."""
    frames = list(walk_tb(error.__traceback__))
    return f"{frames[-1][0].f_globals.get('__name__', '-')}:{frames[-1][1]}" if frames else "-"


def _stale(_: CSRFError) -> Response:
    return _page(400, Refused("page_stale"))


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    code = f"page_{status}" if status in EXPLAINED else "page_other"
    return _page(status, Refused(code, megabytes=office().config.uploads.megabytes))
