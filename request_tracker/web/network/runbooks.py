"""Runbooks as pages: docs/runbooks in, a page per alert out, for who may see cases; boards and messages lead here.

The folder beside this package is those very files (a link in the checkout, a copy in the installed package). What they
say is ours, so it is shown as it is written.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import abort, render_template, url_for
from markdown import markdown
from markupsafe import Markup

from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import office
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup

FOLDER = Path(__file__).parents[2] / "runbooks"
INDEX = "README"
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_NAME = re.compile(r"<code>(Lebarpita\w+)</code>")
# More than there are alerts; each is some four kilobytes and does not change while the program runs.
_PAGES_KEPT = 256
# A page has five parts.
_PARTS_KEPT = 5 * _PAGES_KEPT
# The sections that hold what is to be typed.
_TYPED = frozenset({"Periksa", "Perintah", "Perbaiki"})
_FIRING = (
    "SELECT summary, starts_at FROM warnings WHERE alertname = ? AND resolved_at IS NULL ORDER BY starts_at LIMIT 20"
)

pages = PageGroup("runbooks", __name__)


@dataclass(frozen=True, kw_only=True)
class RunbookPage:
    """One alert's runbook: its sections by their titles in the file's order, its sentence in English, its SOP clause.

    ``title`` is what people call it, ``name`` what programs do.
    ``cut``: the sections with what is to be typed were left out.
    """

    name: str
    title: str
    english: str
    sop: str
    sections: tuple[tuple[str, Markup], ...]
    cut: bool


@pages.get("/runbooks")
@pages.menu(MenuGroup.NETWORK, 90, ("Buku tindakan", "Runbooks"))
@needs("see_cases")
def listing() -> str:
    """The order to look in when many burn, and all of them."""
    rows = sorted((title(name), meaning(name), name) for name in names())
    order = _read(INDEX).partition("\n## ")[2]
    return render_template("runbooks.html", text=_shown(f"## {order}"), rows=rows)


@pages.get("/runbooks/<name>")
@needs("see_cases")
def page(name: str) -> str:
    """One alert: what it means, what to look at, what to type; and where it fires now."""
    if name not in names():
        abort(404)
    firing = office().desk.store.rows(_FIRING, [name])
    # An auditor looks and types nothing: what a shell is told is no business of his.
    types = bool(me().who.acting_roles - {"auditor"})
    return render_template("runbook.html", runbook=runbook(name, types), firing=firing)


def runbook(name: str, types: bool) -> RunbookPage:
    """The page of an alert for somebody who types commands, or does not."""
    head, *rest = _read(name).split("\n## ")
    sections = [(part.strip(), text) for part, _, text in (section.partition("\n") for section in rest)]
    english, _, sop = head.partition(f"`{name}`\n")[2].strip().rpartition(" SOP: ")
    return RunbookPage(
        name=name,
        title=title(name),
        english=english.strip("* "),
        sop=sop.rstrip("."),
        sections=tuple((part, _shown(text)) for part, text in sections if types or part not in _TYPED),
        cut=not types,
    )


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """The alerts that have a page, by name."""
    return tuple(sorted(file.stem for file in FOLDER.glob("Lebarpita*.md")))


@lru_cache(maxsize=_PAGES_KEPT)
def title(name: str) -> str:
    """What people call an alert: the title of its page."""
    return _read(name).partition("\n")[0].removeprefix("# ")


@lru_cache(maxsize=_PAGES_KEPT)
def meaning(name: str) -> str:
    """What an alert means, in its page's first sentence about it."""
    text = _read(name).partition("## Arti\n")[2].partition("##")[0]
    return " ".join(text.replace("`", "").split()).partition(". ")[0].rstrip(".") + "."


def _shown(text: str) -> Markup:
    """A text's HTML, with its links as links of the tracker; a file that is no page of it stays a word."""
    html = _LINK.sub(lambda link: _linked(link[1], link[2]), _html(text))
    return Markup(_NAME.sub(lambda code: _linked(f"{code[1]}.md", _called(code[1], code[0])), html))


def _called(name: str, code: str) -> str:
    return title(name) if name in names() else code


def _linked(target: str, text: str) -> str:
    if target.startswith(("https://", "http://")):
        return f'<a href="{target}" rel="noreferrer">{text}</a>'
    name = target.removesuffix(".md")
    return f'<a href="{url_for("runbooks.page", name=name)}">{text}</a>' if name in names() else text


@lru_cache(maxsize=_PARTS_KEPT)
def _html(text: str) -> str:
    # "sane_lists": a list in numbers that begins anew after a command goes on counting as it is written.
    html: str = markdown(text, extensions=["fenced_code", "sane_lists"], output_format="html")
    # What is to be typed scrolls by itself on a narrow screen, so the keyboard must reach it.
    return html.replace("<pre>", '<pre tabindex="0">')


def _read(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")
