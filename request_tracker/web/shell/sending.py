"""Every form of the pages is sent once: the hidden key of ``guard()``, and one check around all writing routes."""

import hashlib
import secrets
from collections.abc import Iterator

from flask import Flask, Response, current_app, g, make_response, redirect, request
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from request_tracker.errors import Refused, TrackerError
from request_tracker.store.idempotency import FormAnswer, Pages, answer_of, begin, finish, forget, mark_of
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.pages import PageGroup

# A key of ours has 22 characters (16 random bytes in base64); a longer text is somebody else's.
KEY, LONGEST_KEY = "sekali", 64


def guard() -> Markup:
    """The hidden fields every form that writes carries: it is ours (CSRF), and it is this one (sent once)."""
    key = secrets.token_urlsafe(16)
    # Markup.format escapes what it puts in; the text itself is ours.
    hidden = Markup('<input type="hidden" name="{}" value="{}">')
    return hidden.format("csrf_token", generate_csrf()) + hidden.format(KEY, key)


def send_once(app: Flask) -> None:
    """Put the check around every writing route of the application; the CSRF check comes before it."""
    app.extensions["sent_pages"] = Pages()

    @app.before_request
    def _again() -> AnyResponse | None:
        key = request.form.get(KEY, "")[:LONGEST_KEY] if request.method == "POST" and _guarded() else ""
        if not key:
            return None
        store, pages, mark = office().desk.store, current_app.extensions["sent_pages"], mark_of(key, _content())
        # Not begun: the same form is being answered or was. Its end is a redirect or a page; forgotten, it begins here.
        while not begin(store, mark, now()):
            answer = answer_of(store, pages, mark)
            if answer is not None:
                return redirect(answer.location, answer.status) if answer.location else _page(answer)
        g.sent_mark = mark
        return None

    @app.after_request
    def _keep(response: Response) -> Response:
        mark = g.pop("sent_mark", None)
        if mark is not None:
            try:
                _complete(mark, response)
            except (TrackerError, Refused):
                current_app.logger.warning("event=answer_not_kept route=%s", request.url_rule)
        return response


def _complete(mark: str, response: Response) -> None:
    store, pages = office().desk.store, current_app.extensions["sent_pages"]
    # What was refused was not done: the same form, mended or not, may be sent again.
    # Also 5xx: the transaction was rolled back, so the form may come again.
    if response.status_code >= 400:
        forget(store, mark)
        return
    page = None if response.location else response.get_data()
    finish(store, pages, mark, FormAnswer(response.status_code, response.location, page))


def _page(answer: FormAnswer) -> AnyResponse:
    return make_response(answer.page or b"", answer.status)


def _guarded() -> bool:
    """Whether the pages asked for want it: logging in sets a cookie of its own each time, the API has its own keys."""
    pages = current_app.blueprints.get(request.blueprint or "")
    return isinstance(pages, PageGroup) and pages.conduct.once


def _content() -> Iterator[bytes]:
    """Who sent what to where: the same key with other content is another form."""
    yield (current_user.person.who.person if current_user.is_authenticated else "public").encode()
    yield request.path.encode()
    for name, value in request.form.items(multi=True):
        if name not in ("csrf_token", KEY):
            yield name.encode()
            yield value.encode()
    # A file by its hash, and wound back: the page reads it after us.
    for name, file in request.files.items(multi=True):
        yield name.encode()
        yield (file.filename or "").encode()
        yield hashlib.sha256(file.stream.read()).digest()
        file.stream.seek(0)
