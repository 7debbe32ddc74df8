"""The switch between Indonesian and English: which one a browser chose, and back to the page it was chosen on."""

from flask import current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from request_tracker.web.shell.access import inside
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("language", __name__)
COOKIE, USUAL, OTHER = "bahasa", "id", "en"
# A year.
REMEMBERED_SECONDS = 31_536_000
# Letters of the page to go back to: no address of ours with all its filters comes near.
LONGEST_PLACE = 2000


def chosen() -> str:
    """The language this browser asked for, ``id`` until it asks for ``en``; refusals before any page need it too."""
    return OTHER if request.cookies.get(COOKIE) == OTHER else USUAL


def switch() -> str:
    """The address that changes to the other language and comes back here, filters and all."""
    shown = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    back = request.full_path.removesuffix("?") if shown else None
    return url_for("language.change", language=USUAL if chosen() == OTHER else OTHER, kembali=back)


@pages.before_app_request
def _keep() -> None:
    g.language = chosen()


@pages.get("/bahasa/<language>")
@seen_by(Audience.EVERYBODY, "the switch between Indonesian and English")
def change(language: str) -> Response:
    """Remember the language for a year, and go back to a page of ours, never to another site."""
    answer = redirect(inside(request.args.get("kembali", "")[:LONGEST_PLACE]) or url_for("public.start"))
    if language in (USUAL, OTHER):
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        # Lax: the choice is kept when somebody follows a link from a message.
        answer.set_cookie(COOKIE, language, max_age=REMEMBERED_SECONDS, samesite="Lax", httponly=True, secure=secure)
    return answer
