"""What stands where a page cannot: an exception in, a sentence in the reader's language and its status out.

Programs (``/api/``) read JSON. No traceback ever reaches a reader; what nobody expected is in the log.
"""

from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from request_tracker.errors import Refused, TrackerError
from request_tracker.web.shell.access import refused
from request_tracker.web.shell.context import office
from request_tracker.web.shell.language import chosen

# The statuses that have a sentence of their own (``page_403`` ...); any other has the same one.
EXPLAINED = (403, 404, 405, 413, 429)


def answer_failures(app: Flask) -> None:
    """Answer every exception of the application's views by a page of its own."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(TrackerError, _wrong)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(HTTPException, _http)

    @app.errorhandler(Exception)
    def _broken(error: Exception) -> tuple[str, int] | Response:
        # The route and not the address: a path may hold a secret link, a query what somebody typed.
        app.logger.exception("event=page_failed route=%s", request.url_rule, exc_info=error)
        return _page(503, Refused("page_broken"))


def _page(status: int, error: TrackerError) -> tuple[str, int] | Response:
    if request.path.startswith("/api/"):
        return refused(status, str(error))
    shown = error if isinstance(error, Refused) else Refused("for_the_administrator", told=str(error))
    return render_template("failure.html", status=status, sentence=shown.text(chosen())), status


def _refused(error: Refused) -> tuple[str, int] | Response:
    return _page(error.status, error)


def _wrong(error: TrackerError) -> tuple[str, int] | Response:
    return _page(400, error)


def _stale(_: CSRFError) -> tuple[str, int] | Response:
    return _page(400, Refused("page_stale"))


def _http(error: HTTPException) -> tuple[str, int] | Response:
    status = error.code or 500
    code = f"page_{status}" if status in EXPLAINED else "page_other"
    return _page(status, Refused(code, megabytes=office().config.uploads.megabytes))
