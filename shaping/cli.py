"""lebarpita-shaping: the agent, and what a technician asks of it by hand."""

import argparse
import json
import logging
import os
import signal
import sys
from collections.abc import Sequence

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, start_http_server

from inventory.rates import format_rate
from inventory.reading import InventoryError, read_city
from shaping.agent import Agent
from shaping.config import read_config
from shaping.drivers.linux import kernel
from shaping.errors import ShapingError
from shaping.metrics import Figures
from shaping.plan import Plan

EXAMPLE = "example: lebarpita-shaping plan --config /etc/lebarpita/shaping.yaml"
MANY_OPDS, LARGE_SHARE = 10, 0.25


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 fine, 1 problems found, 2 wrong use."""
    options = _parser().parse_args(arguments)
    try:
        code = int(options.run(options))
        sys.stdout.flush()
        return code
    except (ShapingError, InventoryError) as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"the kernel or the state directory refused: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lebarpita-shaping", description=__doc__, epilog=EXAMPLE)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    told = {
        "agent": ("pull the ledger, converge, prove, without end", _agent),
        "plan": ("what the ledger's revision would change here", _plan),
        "apply": ("carry out the plan of that hash", _apply),
        "verify": ("compare the kernel with the ledger", _verify),
        "panic": ("let everything pass unshaped, at once", _panic),
    }
    for name, (text, run) in told.items():
        command = commands.add_parser(name, help=text)
        command.add_argument("--config", required=True, metavar="FILE")
        command.set_defaults(run=run)
        if name in ("plan", "verify"):
            command.add_argument("--json", action="store_true", help="answer as JSON")
        if name == "apply":
            command.add_argument("--plan", required=True, metavar="HASH", help="the hash that plan printed")
            command.add_argument("--many", action="store_true", help="more than 10 OPDs or 25 % of the guarantees")
    return parser


def _made(options: argparse.Namespace) -> Agent:
    config = read_config(options.config)
    city = read_city(config.inventory)
    if config.uplink not in {uplink.name for uplink in city.uplinks}:
        raise ShapingError(f"{options.config}: uplink {config.uplink!r} is not in {config.inventory}")
    return Agent(config, city)


def _agent(options: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.INFO, format="time=%(asctime)s level=%(levelname)s %(message)s")
    agent = _made(options)
    registry = CollectorRegistry()
    registry.register(Figures(agent))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    host, _, port = agent.config.listen.rpartition(":")
    start_http_server(int(port), host.strip("[]"), registry)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: agent.over.set())
    agent.run()
    return 0


def _planned(options: argparse.Namespace) -> tuple[Agent, Plan]:
    agent = _made(options)
    agent.wanted = agent.compile(agent.fetch())
    return agent, agent.plan()


def _plan(options: argparse.Namespace) -> int:
    agent, plan = _planned(options)
    told = agent.told(plan)
    if options.json:
        print(json.dumps({"hash": plan.hash, "empty": plan.empty, "map_changes": plan.map_changes, **told}))
        return 0
    if plan.empty:
        print("nothing to do: the kernel is as the ledger says")
        return 0
    for opd in sorted({*told["before"], *told["after"]}):
        for interface in sorted({*told["before"].get(opd, {}), *told["after"].get(opd, {})}):
            before, after = (_rates(told[side].get(opd, {}).get(interface)) for side in ("before", "after"))
            print(f"{opd:<20} {interface:<8} {before:<28} -> {after}")
    print(f"{len(plan.operations)} operations; apply with: --plan {plan.hash}")
    return 0


def _rates(rates: dict[str, int] | None) -> str:
    return f"{format_rate(rates['guaranteed'])} / {format_rate(rates['ceiling'])}" if rates else "none"


def _apply(options: argparse.Namespace) -> int:
    agent, plan = _planned(options)
    if plan.hash != options.plan:
        raise ShapingError(
            f"the plan is now {plan.hash[:12]}, not {options.plan[:12]}: something moved; read the plan again"
        )
    told = agent.told(plan)
    opds = {*told["before"], *told["after"]}
    if _large(agent, plan, len(opds)) and not options.many:
        raise ShapingError(f"{len(opds)} OPDs or more than 25 % of the guarantees change; add --many if that is meant")
    assert agent.wanted is not None
    kernel.apply(plan, agent.wanted.map, agent.interfaces)
    print(f"{len(plan.operations)} operations done")
    return _verify(argparse.Namespace(**{**vars(options), "json": False}))


def _large(agent: Agent, plan: Plan, opds: int) -> bool:
    assert agent.wanted is not None
    minors = set(agent.wanted.minors.values())
    moved = sum(
        abs((operation.after.rate if operation.after else 0) - (operation.before.rate if operation.before else 0))
        for operation in plan.operations
        if (one := operation.after or operation.before) and one.minor in minors
    )
    total = sum(rates.guaranteed for rates in agent.wanted.revision.rates.values())
    return opds > MANY_OPDS or moved > LARGE_SHARE * total


def _verify(options: argparse.Namespace) -> int:
    agent, plan = _planned(options)
    told = {"in_force": plan.empty, "operations": len(plan.operations), "map_differs": plan.map_changes}
    if options.json:
        print(json.dumps(told))
    elif plan.empty:
        print(f"revision {agent.wanted.revision.number if agent.wanted else '?'} is in force")
    else:
        print(f"the kernel differs from the ledger in {len(plan.operations)} classes; see plan", file=sys.stderr)
    return 0 if plan.empty else 1


def _panic(options: argparse.Namespace) -> int:
    agent = _made(options)
    removed = kernel.panic(agent.interfaces)
    print(f"everything passes unshaped; removed from: {', '.join(removed) or 'nothing was there'}")
    print("a running agent shapes again at its next turn; stop it first if that is not wanted")
    return 0


if __name__ == "__main__":
    sys.exit(main())
