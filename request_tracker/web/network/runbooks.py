"""Runbooks as pages: docs/runbooks in, a page per alert out, for who may see cases; boards and messages lead here.

The folder beside this package is those very files (a link in the checkout, a copy in the installed package). What they
say is ours, so it is shown as it is written.
"""

import re
from functools import lru_cache
from pathlib import Path

from flask import abort, render_template, url_for
from markdown import markdown
from markupsafe import Markup

from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import office
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup

FOLDER = Path(__file__).parents[2] / "runbooks"
INDEX = "README"
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_NAME = re.compile(r"<code>(Lebarpita\w+)</code>")
# More than there are alerts; each is some four kilobytes and does not change while the program runs.
_PAGES_KEPT = 256
_FIRING = (
    "SELECT summary, starts_at FROM warnings WHERE alertname = ? AND resolved_at IS NULL ORDER BY starts_at LIMIT 20"
)

pages = PageGroup("runbooks", __name__)


@pages.get("/runbooks")
@pages.menu(MenuGroup.NETWORK, 90, ("Buku tindakan", "Runbooks"))
@needs("see_cases")
def listing() -> str:
    """The order to look in when many burn, and all of them."""
    rows = [(name, meaning(name)) for name in names()]
    return render_template("runbooks.html", text=page_of(INDEX), rows=rows)


@pages.get("/runbooks/<name>")
@needs("see_cases")
def page(name: str) -> str:
    """One alert: what it means, what to look at, what to type; and where it fires now."""
    if name not in names():
        abort(404)
    firing = office().desk.store.rows(_FIRING, [name])
    return render_template("runbook.html", name=name, text=page_of(name), firing=firing)


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """The alerts that have a page, by name."""
    return tuple(sorted(file.stem for file in FOLDER.glob("Lebarpita*.md")))


@lru_cache(maxsize=_PAGES_KEPT)
def meaning(name: str) -> str:
    """What an alert means, in its page's first sentence about it."""
    text = _read(name).partition("## Arti\n")[2].partition("##")[0]
    return " ".join(text.split()).partition(". ")[0].rstrip(".") + "."


def page_of(name: str) -> Markup:
    """The page's HTML, with its links as links of the tracker; a file that is no page of it stays a word."""
    html = _LINK.sub(lambda link: _linked(link[1], link[2]), _html(name))
    return Markup(_NAME.sub(lambda code: _linked(f"{code[1]}.md", code[0]), html))


def _linked(target: str, text: str) -> str:
    if target.startswith(("https://", "http://")):
        return f'<a href="{target}" rel="noreferrer">{text}</a>'
    name = target.removesuffix(".md")
    return f'<a href="{url_for("runbooks.page", name=name)}">{text}</a>' if name in names() else text


@lru_cache(maxsize=_PAGES_KEPT)
def _html(name: str) -> str:
    # "sane_lists": a list in numbers that begins anew after a command goes on counting as it is written.
    html: str = markdown(_read(name), extensions=["fenced_code", "sane_lists"], output_format="html")
    # A long command is moved sideways; who has a keyboard only must be able to reach it.
    return html.replace("<pre>", '<pre tabindex="0">')


def _read(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")
