"""The words and filters that every template has: an office in, functions bound to reader, language and zone out."""

import functools
import json
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from flask_login import current_user

from inventory.titles import titles
from inventory.topology import branches
from request_tracker.people.accounts import name_of
from request_tracker.people.roles import ROLE_NAMES, may
from request_tracker.sop.sop_names import SopNames
from request_tracker.web.shell import formats
from request_tracker.web.shell.access import me
from request_tracker.web.shell.context import OfficeDesk, now
from request_tracker.web.shell.language import chosen, switch
from request_tracker.web.shell.menu import MenuEntry, menu_of
from request_tracker.web.shell.sending import guard
from request_tracker.web.shell.uploads import upload_words
from request_tracker.words.labels import phrase
from request_tracker.words.weekly_text import DAY_NAMES, hours_words


def give_words(app: Flask, office: OfficeDesk, entries: Iterable[MenuEntry]) -> None:
    """Give the application's templates their words; ``entries`` are the main menu's."""
    app.jinja_env.filters |= {"from_json": json.loads, "qr": formats.qr, "begin": formats.begin}
    of_the_office, menu, sops = _of_the_office(office), tuple(entries), SopNames(office.desk.store)

    @app.context_processor
    def _words() -> dict[str, Any]:
        name = _called(sops, office)
        names = {"step_name": name, "sop_name": name}
        return of_the_office | _of_the_reader(menu) | _in_language(office, chosen()) | names


def _of_the_office(office: OfficeDesk) -> dict[str, Any]:
    """What is the same for every reader."""
    names = {opd.code: opd.name for opd in office.desk.city.opds}
    lines = titles(office.desk.city)
    return {
        "guard": guard,
        "switch": switch,
        "office": office.config.office,
        "provider_name": office.config.oidc.name if office.config.oidc else None,
        "office_url": office.config.public_url.rstrip("/"),
        "city": office.desk.city.city,
        "percent": formats.percent,
        "opd_name": lambda code: names.get(code, code or "–"),
        "line_name": lambda root: lines.get(root, root),
        **upload_words(office.config.uploads),
        "place": {branch.name: branch for branch in branches(office.desk.city)}.get,
    }


def _called(names: SopNames, office: OfficeDesk) -> Callable[[str | None], str]:
    """For one page: an SOP by its code, a step by its number. The register is asked once, and only where it must be."""

    @functools.cache
    def texts() -> dict[str, str]:
        titles, steps = names.on(office.desk.calendar.local(now()).date())
        return {**titles, **steps}

    return lambda name: texts().get(name, name) if name else "–"


def _of_the_reader(menu: tuple[MenuEntry, ...]) -> dict[str, Any]:
    """Who reads, what he may do, the menu he has."""
    inside = current_user.is_authenticated
    roles = me().who.acting_roles if inside else frozenset()
    return {
        "person": current_user.person if inside else None,
        "may": lambda act: may(roles, act),
        "menu": lambda: menu_of(menu, lambda act: may(roles, act), inside),
    }


def _in_language(office: OfficeDesk, language: str) -> dict[str, Any]:
    """How texts and values are written for him."""
    zone, store = office.desk.calendar.zone, office.desk.store
    return {
        "t": lambda indonesian, english: english if language == "en" else indonesian,
        "language": language,
        "role_names": {role: name.said(language) for role, name in ROLE_NAMES.items()},
        "moment": lambda value: formats.moment(value, zone, language),
        "clock": lambda value: formats.clock(value, zone, language),
        "full_clock": lambda value: formats.full_clock(value, zone, language),
        "hour": lambda value: formats.hour(value, zone, language),
        "weekday": lambda value: formats.weekday(value, zone, language),
        "day": lambda value: formats.day(value, language),
        "rate": lambda value: formats.rate(value, language),
        "typed_rate": formats.typed_rate,
        "size": lambda amount: formats.size(amount, language),
        "span": lambda seconds, working=False: formats.span(seconds, language, working),
        "standard": lambda time: formats.standard(time, language),
        "person_name": functools.cache(lambda reference: name_of(store, reference)),
        "word": lambda key: phrase(key).said(language),
        "hours_text": lambda hours: hours_words(hours).said(language),
        "day_names": tuple(name.said(language) for name in DAY_NAMES),
    }
