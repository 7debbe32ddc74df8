"""``whatif``: a month replayed as if an OPD had another allocation - who gains, who loses, how long."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from inventory.admission import capacity_of, possible
from inventory.rate_texts import read_rate
from inventory.rates import format_rate
from inventory.sentences import MisreadError
from inventory.titles import title
from inventory.topology import uplink_of
from request_tracker.capacity.known_ceilings import ceiling_notes
from request_tracker.capacity.replay import HourRange, ShareChange
from request_tracker.capacity.whatif import AllocationWish, DecisionEffect, WayEffects, WhatIf, what_if
from request_tracker.cases import Allocation, Desk
from request_tracker.cases.advice import wanted_allocation
from request_tracker.errors import TrackerError
from request_tracker.evidence.monitoring import monitoring_of
from request_tracker.evidence.use import WAYS
from request_tracker.ledger import allocations
from request_tracker.ledger.allocation import rates_of
from request_tracker.terminal.options import config_of, now, ready_desk, with_config
from request_tracker.words.labels import phrase

# A screen full; the whole list is in --json.
_SHOWN = 10


def add_commands(commands: Any) -> None:
    """Add this part's command."""
    parser = commands.add_parser(
        "whatif",
        help="who gains and who loses if an OPD gets another allocation: 30 days replayed",
        epilog="example: lebarpita-tracker whatif dinkes 50M",
    )
    parser.add_argument("opd", metavar="OPD", help="its code in the city file")
    parser.add_argument("rate", metavar="RATE", help="the ceiling it would have: 50M, or 50/20 for download/upload")
    parser.add_argument("--json", action="store_true", help="everything, for a program; rates in bytes per second")
    with_config(parser)
    parser.set_defaults(run=_what_if)


def _what_if(options: argparse.Namespace) -> int:
    config, desk, at = config_of(options), ready_desk(options), now()
    wish = AllocationWish(options.opd, _wanted(desk, options, at), at, config.evidence)
    answer = what_if(monitoring_of(config), desk, wish, _Progress().step)
    if options.json:
        print(json.dumps(answer.data(), indent=2))
    else:
        print("\n".join(_lines(desk, answer)))
    return 0


def _wanted(desk: Desk, options: argparse.Namespace, at: datetime) -> Allocation:
    """The allocation of a rate, as a request for it would have it: the guarantee keeps its share."""
    if options.opd not in {opd.code for opd in desk.city.opds}:
        raise TrackerError(f"{options.opd!r} is no OPD of {desk.city.city.name}; lebarpita-inventory show lists them")
    try:
        rate = read_rate(options.rate, "Mbit/s")
    except MisreadError as error:
        raise TrackerError(str(error)) from error
    form = {"wanted_receive": rate.receive, "wanted_transmit": rate.transmit}
    wanted = wanted_allocation(form, allocations.allocation_of(desk.store, options.opd, at))
    uplink = desk.city.uplink(uplink_of(desk.city, options.opd))
    if wanted is None or not all(possible(rates_of(wanted, way), capacity_of(uplink, way)) for way in WAYS):
        most = format_rate(min(capacity_of(uplink, way) for way in WAYS))
        raise TrackerError(
            f"{options.rate}: {title(desk.city, uplink.name)} cannot carry it; the most is {most}, and its guarantee"
            " must be 256 kbit/s or more"
        )
    return wanted


class _Progress:
    """A count on the terminal of whoever waits; nothing where nobody looks."""

    def __init__(self) -> None:
        self._done = 0

    def step(self) -> None:
        """One more was read."""
        self._done += 1
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{self._done} series read ")
            sys.stderr.flush()


def _lines(desk: Desk, answer: WhatIf) -> list[str]:
    day = datetime.fromtimestamp(answer.at, UTC).astimezone(desk.calendar.zone).date()
    lines = [f"{answer.opd} on {title(desk.city, answer.uplink)}: {answer.days} days before {day}, replayed"]
    if answer.unknown:
        lines.append(f"{answer.unknown} OPDs of this line have no allocation and are left out")
    for way in answer.ways:
        lines += ["", *_way_lines(way, answer.least_measured_percent)]
    return lines


def _way_lines(way: WayEffects, least: int) -> list[str]:
    name = phrase(way.way).english
    shares = f"{way.measured:.0%} of the OPD's time and {way.measured_all:.0%} of all on the line measured"
    lines = [f"{name}: {shares}"]
    if way.held_hours:
        lines.append(f"  {way.held_hours:.1f} hours at its ceiling: what it wanted then is at least what it used")
    lines += [f"  {note.english}" for note in ceiling_notes(asdict(way))]
    if not way.effects:
        return [*lines, f"  cannot be judged: {least} % must be measured"]
    return [*lines, *(line for effect in way.effects for line in _effect_lines(effect)), *_unused_lines(way)]


def _effect_lines(effect: DecisionEffect) -> list[str]:
    rates = f"{format_rate(effect.rates.guaranteed)} .. {format_rate(effect.rates.ceiling)}"
    lines = [f"  {phrase(effect.decision).english}: {rates}; the line is full {_hours(effect.replay.full)}"]
    if effect.lacking:
        sources = ", ".join(f"{entry.opd} {format_rate(entry.unused)}" for entry in effect.reclaim) or "nobody"
        enough = sum(entry.unused for entry in effect.reclaim) >= effect.lacking
        said = "" if enough else "; that is not enough"
        lines.append(f"    guarantees lack {format_rate(effect.lacking)}: reclaim from {sources}{said}")
    for word, changes in (("gains", _gaining(effect)), ("loses", _losing(effect))):
        lines += [f"    {word}: {text}" for text in changes]
    return lines


def _gaining(effect: DecisionEffect) -> Sequence[str]:
    gains = sorted((entry for entry in effect.replay.changes if entry.gains.high), key=lambda entry: -entry.gains.high)
    return [f"{entry.opd} {_hours(entry.gains)}" for entry in gains[:_SHOWN]] + _more(gains)


def _losing(effect: DecisionEffect) -> Sequence[str]:
    losses = sorted((entry for entry in effect.replay.changes if entry.loses.high), key=lambda entry: -entry.loses.high)
    lines = [f"{entry.opd} {_hours(entry.loses)}, at most {format_rate(entry.most_lost)}" for entry in losses[:_SHOWN]]
    return lines + _more(losses) or ["nobody"]


def _more(changes: Sequence[ShareChange]) -> list[str]:
    return [f"and {len(changes) - _SHOWN} more; --json has them all"] if len(changes) > _SHOWN else []


def _unused_lines(way: WayEffects) -> list[str]:
    return [
        f"  {entry.opd} does not use {format_rate(entry.unused)} of its guarantee of {format_rate(entry.guaranteed)}"
        for entry in way.unused[:_SHOWN]
    ]


def _hours(span: HourRange) -> str:
    return f"{span.low:.1f} to {span.high:.1f} hours" if span.high != span.low else f"{span.low:.1f} hours"
