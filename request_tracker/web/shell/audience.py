"""Who sees a route and why, said beside its view; the reference page and its test are made of it. It guards nothing.

``needs``, ``needs_scope`` and ``live`` say it for the views they guard; every other view says it by ``seen_by``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Audience(Enum):
    """Who may open a route, in words for the reference."""

    EVERYBODY = "everybody"
    LINK = "whoever has its secret link"
    ACCOUNT = "everybody with an account, what is his own"
    ROLES = "roles"
    LIVE = "roles, screens with a wall link, configured networks, programs with a token"
    TOKEN = "programs with a token"
    WEBHOOK = "Alertmanager, by webhook_secret"


@dataclass(frozen=True)
class Opening:
    """``detail`` is the act of ``people.roles`` for roles, the scope for a token, which link for a link."""

    audience: Audience
    why: str
    detail: str = ""


def seen_by(audience: Audience, why: str, detail: str = "") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say beside a view who sees it."""

    def note(view: Callable[P, R]) -> Callable[P, R]:
        view.opening = Opening(audience, why, detail)  # type: ignore[attr-defined]  # a function takes any attribute
        return view

    return note


def opening_of(view: Callable[..., object]) -> Opening | None:
    """What was said beside a view; None where nothing was."""
    opening = getattr(view, "opening", None)
    return opening if isinstance(opening, Opening) else None
