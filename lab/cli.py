"""python -m lab: the command line of the lab. Parses, asks the lab, prints; decides nothing."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence

from lab import LabError
from lab.client import Lab
from lab.day import end_of_past
from lab.demo import demo
from lab.options import PORTS, Options
from lab.paths import paths
from lab.prerequisites import require_packages
from lab.start import down, launch

VARIABLES = {name: f"LEBARPITA_PORT_{name.upper().replace('-', '_')}" for name in PORTS}
EXAMPLE = (
    "example: python -m lab up && python -m lab cut agg-utara && python -m lab heal agg-utara && python -m lab down"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 fine, 1 problems found, 2 wrong use."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except LabError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        # 128 + SIGINT, as a shell reports it.
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab", description=__doc__, epilog=EXAMPLE)
    parser.add_argument("--state", metavar="DIR", help="state directory (default: LEBARPITA_LAB, else .lab)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    up = commands.add_parser("up", help="start the lab and return when it is ready")
    add_options(up, history=False)
    up.set_defaults(run=_up)
    show = commands.add_parser("demo", help="the lab with addresses and logins; Ctrl-C ends everything")
    add_options(show, history=True)
    show.add_argument("--detach", action="store_true", help="return when it is ready (also: DETACH=1)")
    show.set_defaults(run=_demo)
    commands.add_parser("down", help="end the lab; nothing is left").set_defaults(run=_down)
    _add_faults(commands)
    execute = commands.add_parser("exec", help="run a command in a namespace: exec dinkes -- ping -c1 198.51.100.10")
    execute.add_argument("node")
    execute.add_argument("argv", nargs=argparse.REMAINDER, metavar="-- COMMAND")
    execute.set_defaults(run=_exec)
    service = commands.add_parser("service", help="start, stop or kill -9 one service")
    service.add_argument("act", choices=("start", "stop", "kill"))
    service.add_argument("name")
    service.set_defaults(run=lambda o: Lab.at(o.state).ask("service", act=o.act, name=o.name))
    traffic = commands.add_parser("traffic", help="move the office day, or stop its traffic")
    traffic.add_argument("hour", help="0 to 24, or off")
    traffic.add_argument("--speed", type=float, default=30.0, help="how much faster than ours its clock runs")
    traffic.add_argument("--scale", type=float, default=1.0, help="1: under the allocations, %(default)s by default")
    traffic.set_defaults(run=_traffic)
    status = commands.add_parser("status", help="links, faults, services")
    status.add_argument("--json", action="store_true")
    status.set_defaults(run=_status)
    return parser


def add_options(parser: argparse.ArgumentParser, history: bool) -> None:
    """The options a lab is started with, shared by ``up`` and ``demo``; only the demo makes history up unasked."""
    fresh = Options()
    parser.add_argument("--city", default=fresh.city, metavar="FILE", help="city file (default: the example city)")
    parser.add_argument("--allocations", default=fresh.allocations, metavar="FILE", help="opening balance (CSV)")
    parser.add_argument("--netflow", choices=("ipfix", "v9"), default=fresh.netflow)
    parser.add_argument("--bare", action="store_true", help="network and agents alone, without the stack and traffic")
    parser.add_argument("--port", action="append", default=[], metavar="NAME=NUMBER", help=f"of {', '.join(PORTS)}")
    parser.add_argument(
        "--hour", type=float, default=fresh.hour, metavar="H", help="hour of the office day to begin at"
    )
    action = argparse.BooleanOptionalAction
    parser.add_argument("--history", action=action, default=history, help="30 days of history, made up and named so")


def read_options(parsed: argparse.Namespace) -> Options:
    """The options out of the parsed words. Raises LabError for a port that is none."""
    ports = dict(PORTS)
    named = [f"{name}={os.environ[variable]}" for name, variable in VARIABLES.items() if variable in os.environ]
    for text in [*named, *parsed.port]:
        name, _, number = text.partition("=")
        if name not in PORTS or not number.isdigit() or int(number) > 65535:
            raise LabError(f"port {text}: write NAME=NUMBER; the names are {', '.join(PORTS)}")
        ports[name] = int(number)
    hour = None if parsed.bare else parsed.hour
    until = end_of_past(time.time()) if parsed.history and not parsed.bare else None
    return Options(parsed.city, parsed.allocations, parsed.netflow, not parsed.bare, hour, ports, until)


def _add_faults(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    cut = commands.add_parser("cut", help="cut a link: both ends lose their carrier")
    cut.add_argument("link")
    cut.set_defaults(run=lambda o: Lab.at(o.state).cut(o.link))
    heal = commands.add_parser("heal", help="undo the faults of a link or device; all of them without a name")
    heal.add_argument("name", nargs="?")
    heal.set_defaults(run=lambda o: Lab.at(o.state).heal(o.name))
    flap = commands.add_parser("flap", help="cut and heal a link some times")
    flap.add_argument("link")
    flap.add_argument("--times", type=int, default=3)
    flap.add_argument("--down", type=float, default=2.0, metavar="SECONDS")
    flap.add_argument("--up", type=float, default=2.0, metavar="SECONDS")
    flap.set_defaults(run=lambda o: Lab.at(o.state).flap(o.link, o.times, o.down, o.up))
    silence = commands.add_parser("silence", help="a link that is up and carries nothing")
    silence.add_argument("link")
    silence.add_argument("direction", nargs="?", default="both", choices=("both", "up", "down"))
    silence.set_defaults(run=lambda o: Lab.at(o.state).silence(o.link, o.direction))
    delay = commands.add_parser("delay", help="a link on which everything towards the offices comes late, nothing lost")
    delay.add_argument("link")
    delay.add_argument("seconds", nargs="?", type=float, default=1.2, help="default: %(default)s")
    delay.set_defaults(run=lambda o: Lab.at(o.state).delay(o.link, o.seconds))
    kill = commands.add_parser("kill", help="take a device's power away")
    kill.add_argument("node")
    kill.set_defaults(run=lambda o: Lab.at(o.state).kill(o.node))
    reboot = commands.add_parser("reboot", help="reboot a device: indexes move, counters start from zero")
    reboot.add_argument("node")
    reboot.add_argument("--seconds", type=float, default=3.0)
    reboot.set_defaults(run=lambda o: Lab.at(o.state).reboot(o.node, o.seconds))


def _up(parsed: argparse.Namespace) -> int:
    launch(paths(parsed.state), read_options(parsed), leash=False)
    return 1 if Lab.at(parsed.state).facts()["problems"] else 0


def _demo(parsed: argparse.Namespace) -> int:
    require_packages("demo")
    detach = parsed.detach or os.environ.get("DETACH", "") not in ("", "0")
    return demo(paths(parsed.state), read_options(parsed), detach)


def _down(parsed: argparse.Namespace) -> None:
    directory = paths(parsed.state)
    print("the lab has ended" if down(directory) else f"no lab runs in {directory.state}")


def _exec(parsed: argparse.Namespace) -> int:
    argv = parsed.argv[1:] if parsed.argv[:1] == ["--"] else parsed.argv
    result = Lab.at(parsed.state).run(parsed.node, *argv, timeout=None, check=False)
    sys.stdout.write(result.stdout)
    sys.stderr.write(result.stderr)
    return result.code


def _traffic(parsed: argparse.Namespace) -> None:
    if parsed.hour != "off" and not parsed.hour.replace(".", "", 1).isdigit():
        raise LabError(f"hour {parsed.hour!r}: write a number from 0 to 24, or off")
    hour = None if parsed.hour == "off" else float(parsed.hour) % 24
    Lab.at(parsed.state).traffic(hour, parsed.speed, parsed.scale)


def _status(parsed: argparse.Namespace) -> None:
    status = Lab.at(parsed.state).status()
    if parsed.json:
        print(json.dumps(status, indent=2))
        return
    faults = [f"{kind}: {', '.join(names)}" for kind, names in status["faults"].items() if names]
    print(f"{len(status['links'])} links; faults: {'; '.join(faults) or 'none'}")
    hour = status["hour"]
    print("no traffic" if hour is None else f"office day: {int(hour):02}:{int(hour % 1 * 60):02}")
    for service in status["services"]:
        print(f"{service['name']:20} {service['node']:14} {service['state']}")
