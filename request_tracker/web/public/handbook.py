"""The handbook as pages of the tracker, without a network: guides by role, how-to, reference, reasons, with a search.

A requester's guide is for everybody; who works here reads the guides of all roles; who types commands reads the rest.
"""

import posixpath
import re
from urllib.parse import unquote

from flask import Response, abort, render_template, send_from_directory, url_for
from flask_login import current_user
from markupsafe import Markup, escape

from request_tracker.sop.fields import Field
from request_tracker.web.network import runbooks
from request_tracker.web.public import handbook_texts
from request_tracker.web.public.handbook_texts import HandbookPage
from request_tracker.web.shell.access import me
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.declared_forms import DeclaredForm, asked_again, asked_status, read_values
from request_tracker.web.shell.pages import PageGroup
from request_tracker.words.bilingual import Both

FOR_REQUESTERS = "panduan/pemohon"
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_PICTURE = re.compile(r'<img alt="([^"]*)" src="([^"]*)"\s*/?>')
_WHY = "the guide of those who ask; a log-in shows the guides of every role, and how to install and operate"

pages = PageGroup("handbook", __name__)
WORDS = pages.declare(
    DeclaredForm(
        name="handbook_search",
        address="/buku",
        title=Both("Cari di buku", "Search the handbook"),
        fields=(
            Field(
                "cari",
                "Cari dalam buku pegangan",
                "Search the handbook",
                required=False,
                longest=handbook_texts.MOST_LETTERS,
            ),
        ),
        in_address=True,
    )
)


@pages.get("/buku")
@seen_by(Audience.EVERYBODY, _WHY)
def listing() -> tuple[str, int]:
    """What may be read, by shelf; or where the words of a search stand."""
    mine, query = _mine(), read_values(WORDS)
    words = query.text("cari")
    shelves = [
        (indonesian, english, [handbook_texts.read(name) for name in mine if name.startswith(f"{shelf}/")])
        for shelf, _, indonesian, english in handbook_texts.SHELVES
    ]
    first = handbook_texts.read(handbook_texts.TUTORIAL) if handbook_texts.TUTORIAL in mine else None
    return render_template(
        "handbook.html",
        words=words,
        hits=handbook_texts.find(words, mine),
        shelves=[shelf for shelf in shelves if shelf[2]],
        first=first,
        titles={name: handbook_texts.read(name).title for name in mine},
        form=asked_again(query),
    ), asked_status(query)


@pages.get("/buku/<path:name>")
@seen_by(Audience.EVERYBODY, _WHY)
def page(name: str) -> str:
    """One page of the handbook, its links those of the tracker."""
    mine = _mine()
    if name not in mine:
        abort(404)
    shown = handbook_texts.read(name)
    return render_template("handbook_page.html", page=shown, text=_shown(shown, mine))


@pages.get("/buku/gambar/<path:name>")
@seen_by(Audience.EVERYBODY, "pictures of the guides, made with an office that does not exist")
def picture(name: str) -> Response:
    """A picture that a guide shows."""
    return send_from_directory(handbook_texts.FOLDER / "pictures", name)


def _mine() -> tuple[str, ...]:
    """The pages this reader may open."""
    if not current_user.is_authenticated:
        return (FOR_REQUESTERS,)
    # An auditor looks and types nothing: what a shell is told is no business of his.
    if me().who.acting_roles - {"auditor"}:
        return handbook_texts.names()
    return tuple(name for name in handbook_texts.names() if name.startswith("panduan/"))


def _shown(shown: HandbookPage, mine: tuple[str, ...]) -> Markup:
    html = _PICTURE.sub(lambda image: _pictured(shown, image[2], image[1]), shown.html)
    return Markup(_LINK.sub(lambda link: _linked(shown, link[1], link[2], mine), html))


def _pictured(shown: HandbookPage, source: str, words: str) -> str:
    place = posixpath.normpath(posixpath.join(shown.shelf, unquote(source))).removeprefix("pictures/")
    return f'<img alt="{words}" src="{escape(url_for("handbook.picture", name=place))}" loading="lazy">'


def _linked(shown: HandbookPage, target: str, text: str, mine: tuple[str, ...]) -> str:
    """A link to a page of the handbook or to a runbook; what this reader has no page of stays a word."""
    if target.startswith(("https://", "http://")):
        return f'<a href="{target}" rel="noreferrer">{text}</a>'
    path, mark, anchor = target.partition("#")
    name = posixpath.normpath(posixpath.join(shown.shelf, unquote(path))).removesuffix(".md") if path else shown.name
    if name in mine:
        return f'<a href="{escape(url_for("handbook.page", name=name))}{mark}{anchor}">{text}</a>'
    alert = name.removeprefix("runbooks/")
    if current_user.is_authenticated and alert in runbooks.names():
        return f'<a href="{escape(url_for("runbooks.page", name=alert))}">{text}</a>'
    return text
