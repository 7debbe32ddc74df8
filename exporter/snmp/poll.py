"""``poll``: what the exporter sees of one device, once, for a person or as JSON. Writes to standard output only."""

import argparse
import asyncio
import ipaddress
import json
import socket
import sys
import time
from dataclasses import replace
from typing import Any

from exporter.config import read_config
from exporter.errors import ExporterError
from exporter.snmp.credentials import add_options, credential_of
from exporter.snmp.device import refresh
from exporter.snmp.device.diagnosis import explained
from exporter.snmp.device.survey import Survey, SurveyRow, survey
from exporter.snmp.engines.failure import Reason, SnmpFailure
from exporter.snmp.engines.interface import Engine, Session, SnmpTarget, login_of, target_of
from exporter.snmp.engines.registry import DEFAULT, ENGINES
from inventory.reading import read_city

EXAMPLE = """examples:
  lebarpita-exporter poll core --config /etc/lebarpita/exporter.yaml
  lebarpita-exporter poll 192.0.2.1 --community-from env:COMMUNITY --json
  lebarpita-exporter poll 192.0.2.1 --user noc --auth SHA-256 --auth-key-from env:AUTH \\
    --privacy AES --privacy-key-from file:/run/secrets/privacy"""


def add_command(commands: Any) -> None:
    """Add ``poll`` to the exporter's commands."""
    poll = commands.add_parser(
        "poll",
        help="what the exporter sees of one device",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    poll.add_argument("device", metavar="NAME|ADDRESS", help="a device of the inventory, or an address")
    poll.add_argument("--config", metavar="FILE", help="the exporter's configuration, which names the inventory")
    add_options(poll)
    poll.add_argument("--port", type=int, default=161, help="for an address (default: 161)")
    poll.add_argument("--seconds", type=float, default=10.0, help="how long to watch for rates (default: 10; 0: none)")
    poll.add_argument("--engine", choices=sorted(ENGINES), help="default: the configuration's, else " + DEFAULT)
    poll.add_argument("--json", action="store_true", help="one JSON object, without rates")
    poll.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Poll once and print; raises ExporterError with the reason where the device cannot be read."""
    try:
        target, engine = target_from(options)
        return asyncio.run(_shown(target, engine, options))
    except SnmpFailure as failure:
        raise ExporterError(f"{failure} [{failure.reason}]") from failure


def target_from(options: argparse.Namespace) -> tuple[SnmpTarget, str]:
    """The inventory's device of that name or address; else an address with a community of its own."""
    engine = options.engine or DEFAULT
    if options.config:
        config = read_config(options.config)
        engine = options.engine or config.snmp.engine
        city = read_city(config.inventory)
        for device in city.devices:
            if options.device in (device.name, str(device.address)):
                if device.snmp is None:
                    raise ExporterError(f"device {device.name} has no snmp credential in {config.inventory}")
                return target_of(city, device), engine
    if not options.community_from and not options.user:
        problem = f"is no device of {options.config}'s inventory" if options.config else "needs --config FILE"
        ways = "--community-from env:NAME, or --user with its keys"
        raise ExporterError(f"{options.device} {problem}; for an address give {ways}")
    login = login_of(credential_of(options, "poll"))
    target = SnmpTarget(options.device, _resolved(options.device), login, options.port)
    return replace(target, context=options.context, transport=options.transport), engine


def _resolved(name: str) -> str:
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        # The first address in the resolver's order (RFC 6724); only here, for a person, is a name ever resolved.
        return str(socket.getaddrinfo(name, None, type=socket.SOCK_DGRAM)[0][4][0])
    except OSError as error:
        raise SnmpFailure(Reason.DNS, f"{name}: the name cannot be resolved: {error.strerror}") from error


async def _shown(target: SnmpTarget, engine: str, options: argparse.Namespace) -> int:
    opened: Engine = ENGINES[engine]
    session = opened(target)
    try:
        device_survey = await survey(session, target.habits)
        if options.json:
            print(json.dumps(as_json(target.name, engine, device_survey), ensure_ascii=False))
            return 0
        _print_survey(target, engine, device_survey)
        if options.seconds > 0:
            await _print_rates(session, device_survey, options.seconds)
        return 0
    except SnmpFailure as failure:
        raise await explained(failure, target) from failure
    finally:
        session.close()


def as_json(device: str, engine: str, device_survey: Survey) -> dict[str, Any]:
    """The JSON form (issue 3): receive is what the interface receives; null is what the agent does not have."""
    return {
        "device": device,
        "uptime_seconds": device_survey.uptime_seconds,
        "engine": engine,
        "quirks": list(device_survey.quirks),
        "interfaces": [_interface_json(interface) for interface in device_survey.interfaces],
    }


def _interface_json(interface: SurveyRow) -> dict[str, Any]:
    reading = interface.reading
    return {
        "name": interface.name,
        "alias": interface.alias,
        "admin": interface.admin,
        "oper": interface.oper,
        # Of a virtual port whose claim is invented there is nothing to say; 0 is a port that claims nothing.
        "speed_bps": None if interface.speed_invented else reading.speed_bytes * 8,
        "receive_bytes": reading.in_octets,
        "transmit_bytes": reading.out_octets,
        "receive_errors": reading.in_errors,
        "transmit_errors": reading.out_errors,
        "receive_discards": reading.in_discards,
        "transmit_discards": reading.out_discards,
        "counter_bits": reading.counter_bits,
    }


_COLUMNS = "{:<20} {:<14} {:>8} {:>18} {:>18} {:>8} {:>8}  {}"
_TITLES = ("interface", "state", "Mbit/s", "received B", "sent B", "errors", "lost", "alias")


def _print_survey(target: SnmpTarget, engine: str, device_survey: Survey) -> None:
    days, seconds = divmod(int(device_survey.uptime_seconds or 0), 86_400)
    up = f"{days} d {seconds // 3600} h {seconds % 3600 // 60} min" if device_survey.uptime_seconds is not None else "?"
    print(f"{target.name} at {target.address}, up {up}, read by {engine}")
    print(_COLUMNS.format(*_TITLES))
    for interface in device_survey.interfaces:
        r = interface.reading
        state = interface.oper if interface.admin == "up" else f"{interface.oper} (off)"
        faults, lost = (r.in_errors or 0) + (r.out_errors or 0), (r.in_discards or 0) + (r.out_discards or 0)
        speed = f"{r.speed_bytes * 8 / 1e6:g}" if r.speed_bytes else "?"
        octets = (_or_dash(r.in_octets), _or_dash(r.out_octets))
        print(_COLUMNS.format(interface.name, state, speed, *octets, faults, lost, interface.alias))
    for quirk in device_survey.quirks:
        print(f"worked around: {quirk}")


async def _print_rates(session: Session, device_survey: Survey, seconds: float) -> None:
    """Rates from renewal to renewal of the agent's counters, so that they hold whatever its period is."""
    up = [interface for interface in device_survey.interfaces if interface.oper == "up"][: refresh.MAX_WATCHED // 2]
    if sys.stderr.isatty():
        print(f"watching {len(up)} interfaces for {seconds:g} s ...", file=sys.stderr)
    period = await refresh.declared_period(session)
    looks = await refresh.watched(
        session, [oid for interface in up for oid in interface.octets], seconds, time.monotonic
    )
    period = period or refresh.period(looks)
    moments = refresh.changes(looks)
    if period:
        print(f"the agent renews its counters every {period:.1f} s; no rate is given below that")
    else:
        print("the agent's renewal period could not be learnt: too few counters changed")
    # A tenth for the step at which the renewals are looked at (refresh.STEP_SECONDS).
    if len(moments) < 2 or (period and moments[-1].at - moments[0].at < period * 0.9):
        print(f"no rates: fewer than two renewals within {seconds:g} s; watch longer with --seconds")
        return
    for place, interface in enumerate(up):
        ways = [
            refresh.rate(
                moments[0], moments[-1], 2 * place + way, interface.reading.counter_bits, interface.reading.speed_bytes
            )
            for way in (0, 1)
        ]
        print(f"{interface.name:<20} receives {_rate(ways[0])}, sends {_rate(ways[1])}")


def _rate(rate: float | str) -> str:
    return rate if isinstance(rate, str) else f"{rate * 8 / 1e6:.3f} Mbit/s"


def _or_dash(value: int | None) -> str:
    return "-" if value is None else str(value)
