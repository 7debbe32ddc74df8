"""What a module of pages says of itself beside its views: menu entries, rate limits, whose forms; found by folder.

A page is one module with ``pages = PageGroup(...)`` and its template; nothing else names it. Opens nothing.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

from flask import Blueprint

from request_tracker.config import TrackerConfig
from request_tracker.web.shell.audience import Opening, opening_of
from request_tracker.web.shell.declared_forms import DeclaredForm
from request_tracker.web.shell.menu import MenuEntry, MenuGroup

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class PageLimit:
    """How often one address may ask: flask-limiter's text, for these methods; for all where none is named.

    ``unless``: of a request that is not counted, so that strangers at the same address cannot use its limit up.
    """

    often: str
    methods: tuple[str, ...] = ()
    unless: Callable[[], bool] | None = None


# A form without a file: some dozen fields of 4,000 letters; also what Werkzeug keeps of a form's texts in memory.
FORM_BYTES = 500_000
# A form that anybody may send: an office reports a bad morning of outages by hand in fewer; a script wants more.
# Behind one address may stand a whole town's offices; five hundred cases a day, some 9 kB each, fill no disk.
FORM_LIMIT = PageLimit("30/minute;500/day", ("POST",))
# A form that takes a password or a token: people behind one address of an office log in, a guesser gets nowhere.
PASSWORD_LIMIT = PageLimit("20/minute;200/hour", ("POST",))


def _always(_: TrackerConfig) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Conduct:
    """How an application treats the pages of a module.

    ``csrf``: a form must carry its token. ``once``: a form sent twice is done once. ``served``: whether an office of
    this configuration has the pages. ``most_bytes``: the largest request; ``papers``: it may also carry a paper.
    """

    limits: tuple[PageLimit, ...] = ()
    csrf: bool = True
    once: bool = True
    papers: bool = False
    most_bytes: int = FORM_BYTES
    served: Callable[[TrackerConfig], bool] = _always


USUAL = Conduct()


@dataclass(frozen=True)
class PageRoute:
    """An address that a module serves, its methods, and who sees it; None where its view does not say so."""

    endpoint: str
    address: str
    methods: tuple[str, ...]
    opening: Opening | None


class PageGroup(Blueprint):
    """The pages of one module, with the entries they have in the main menu."""

    def __init__(self, name: str, module: str, conduct: Conduct = USUAL) -> None:
        super().__init__(name, module)
        self.conduct = conduct
        self.entries: list[MenuEntry] = []
        self.routes: list[PageRoute] = []
        self.forms: list[DeclaredForm] = []

    def declare(self, form: DeclaredForm) -> DeclaredForm:
        """Say which form these pages take; the API's description publishes it."""
        self.forms.append(form)
        return form

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Any = None, *args: Any, **more: Any
    ) -> None:
        """Serve an address, and keep who sees it for the reference page."""
        name, methods = endpoint or view_func.__name__, tuple(sorted(more.get("methods") or ("GET",)))
        self.routes.append(PageRoute(f"{self.name}.{name}", rule, methods, opening_of(view_func)))
        super().add_url_rule(rule, endpoint, view_func, *args, **more)

    def menu(
        self, group: MenuGroup, place: int, texts: tuple[str, str], *acts: str
    ) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Put the view into the main menu for whoever may do one of the acts, for everybody where none is named.

        ``place`` orders a group's entries; ``texts`` is the entry's name in Indonesian and in English.
        """

        def enter(view: Callable[P, R]) -> Callable[P, R]:
            self.entries.append(MenuEntry(group, place, f"{self.name}.{view.__name__}", *texts, acts))
            return view

        return enter


def pages_in(folder: ModuleType) -> Iterator[PageGroup]:
    """The pages of every module of a folder that has some, by the modules' names."""
    for module in sorted(
        module_info.name for module_info in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}.")
    ):
        # By a name and not by a list: a module that has no pages is found not to have them.
        pages = getattr(importlib.import_module(module), "pages", None)
        if isinstance(pages, PageGroup):
            yield pages
