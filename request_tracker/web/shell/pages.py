"""What a module of pages says of itself beside its views: menu entries, rate limits, whose forms; found by folder.

A page is one module with ``pages = PageGroup(...)`` and its template; nothing else names it. Opens nothing.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import ParamSpec, TypeVar

from flask import Blueprint

from request_tracker.config import TrackerConfig
from request_tracker.web.shell.menu import MenuEntry, MenuGroup

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class PageLimit:
    """How often one address may ask: flask-limiter's text, for these methods; for all where none is named."""

    often: str
    methods: tuple[str, ...] = ()


# A form that anybody may send: an office reports a bad morning of outages by hand in fewer; a script wants more.
FORM_LIMIT = PageLimit("30/minute", ("POST",))
# A form that takes a password or a token: people behind one address of an office log in, a guesser gets nowhere.
PASSWORD_LIMIT = PageLimit("20/minute;200/hour", ("POST",))


def _always(_: TrackerConfig) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Conduct:
    """How an application treats the pages of a module.

    ``csrf``: a form must carry its token. ``once``: a form sent twice is done once. ``served``: whether an office of
    this configuration has the pages.
    """

    limits: tuple[PageLimit, ...] = ()
    csrf: bool = True
    once: bool = True
    served: Callable[[TrackerConfig], bool] = _always


USUAL = Conduct()


class PageGroup(Blueprint):
    """The pages of one module, with the entries they have in the main menu."""

    def __init__(self, name: str, module: str, conduct: Conduct = USUAL) -> None:
        super().__init__(name, module)
        self.conduct = conduct
        self.entries: list[MenuEntry] = []

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
