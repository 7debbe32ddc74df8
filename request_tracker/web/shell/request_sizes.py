"""How large a request may be: a method and a path in, the bytes that its page takes out, and a refusal of more.

The server asks before it reads a body (``most_bytes``); the same bound is Flask's own for whatever serves the pages.
"""

from collections.abc import Callable, Mapping

from flask import Flask, abort, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from request_tracker.errors import NotNow
from request_tracker.server.tally import NO_ROOM
from request_tracker.server.wsgi import REFUSAL
from request_tracker.web.shell.pages import FORM_BYTES, PageGroup

WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})
# A page that only shows something needs none; a client that sends a small one all the same gets its page.
NO_BODY_BYTES = 4_096


def bound_sizes(app: Flask, paper_bytes: int, file_bytes: int) -> None:
    """Refuse what is too large before anything reads it; ``paper_bytes`` is for pages that take papers.

    Of a file that is larger than ``file_bytes`` the server leaves one byte more: its page then refuses it on the form.
    """
    app.extensions["most_bytes"] = most_bytes(app, paper_bytes)
    app.extensions["most_of_file"] = lambda method, path: (
        file_bytes + 1 if app.extensions["most_bytes"](method, path) == paper_bytes else None
    )

    @app.before_request
    def _bound() -> None:
        refusal = request.environ.get(REFUSAL)
        if refusal == NO_ROOM:
            raise NotNow("no_room")
        if refusal:
            abort(413)
        request.max_content_length = app.extensions["most_bytes"](request.method, request.path)


def most_bytes(app: Flask, paper_bytes: int) -> Callable[[str, str], int]:
    """The bound of each page, by method and path; a path that has no page takes what a form takes."""
    routes = app.url_map.bind("localhost")

    def most(method: str, path: str) -> int:
        if method in WITHOUT_BODY:
            return NO_BODY_BYTES
        try:
            endpoint, _ = routes.match(path, method)
        except (HTTPException, RequestRedirect):
            return FORM_BYTES
        return _of(app.blueprints, endpoint, paper_bytes)

    return most


def _of(groups: Mapping[str, object], endpoint: str, paper_bytes: int) -> int:
    pages = groups.get(endpoint.partition(".")[0])
    if not isinstance(pages, PageGroup):
        return FORM_BYTES
    return paper_bytes if pages.conduct.papers else pages.conduct.most_bytes
