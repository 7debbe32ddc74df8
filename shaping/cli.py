"""lebarpita-shaping: the agent, and what a technician asks of it by hand."""

import argparse
import getpass
import json
import os
import signal
import sys
import syslog
import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector

from inventory.model import City
from inventory.reading import InventoryError, read_city
from runtime import logs
from runtime.command import run_command
from runtime.health import Readiness
from runtime.reload import Reload
from runtime.supervision import supervised
from shaping import pages, watchdog
from shaping.agent import PART, Agent
from shaping.bench import launch
from shaping.config import read_config
from shaping.drivers.base import LibreQosAccess, LiveDriver, RouterAccess, ScriptedDriver, Site, TapedDriver
from shaping.errors import ShapingError
from shaping.evidence import command as evidence
from shaping.ledger import Revision
from shaping.metrics import Figures
from shaping.plan import Plan, is_large, opds_of, summary
from shaping.proof import faults_of, problems
from shaping.registry import driver_of

EXAMPLE = "example: lebarpita-shaping plan --config /etc/lebarpita/shaping.yaml"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 fine, 1 problems found, 2 wrong use."""
    mendable = (ShapingError, InventoryError, OSError)
    return run_command(_parser().parse_args(arguments), mendable, _sentence)


def _sentence(error: Exception) -> str:
    return f"the device or the state directory refused: {error}" if isinstance(error, OSError) else str(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lebarpita-shaping", description=__doc__, epilog=EXAMPLE)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands_by_name = {
        "agent": ("pull the ledger, converge, prove, without end", _agent),
        "plan": ("what the ledger's revision would change here", _plan),
        "apply": ("carry out the plan of that hash", _apply),
        "confirm": ("a person says that the plan of that hash was typed by hand (driver: manual)", _confirm),
        "verify": ("say whether the ledger's revision is in force, and how that is known", _verify),
        "watchdog": ("undo an apply that nobody confirmed in time; the agent starts it", _watchdog),
        "panic": ("let everything pass unshaped, at once", _panic),
        "rsc": ("write the ledger as a file for /import, for a router without API (driver: routeros)", _rsc),
        "record": ("read the device once and write down what it said, without secrets (driver: routeros)", _record),
        "replay": ("plan and verify against such a recording; no device is asked", _replay),
        "evidence": ("check the quarters' evidence, hash by hash (evidence verify)", None),
        "bench": ("measure what this kernel's queues do, in a namespace; 1 where a goal is not held", _bench),
    }
    for name, (text, run) in commands_by_name.items():
        command = commands.add_parser(name, help=text)
        if run is None:
            evidence.add_arguments(command)
            continue
        command.set_defaults(run=run)
        if name == "bench":
            command.add_argument("--seconds", type=float, default=5.0, help="how long each of its measurements lasts")
            command.add_argument(
                "--verdicts", type=float, metavar="MINUTES", help="instead: the agent's verdicts beside the truth"
            )
            command.add_argument("--offices", type=int, default=launch.LAB_OFFICES, help="of --verdicts (%(default)s)")
            continue
        command.add_argument("--config", required=True, metavar="FILE")
        if name == "watchdog":
            command.add_argument("--parent", type=int, metavar="PID", help="end after that process")
        if name in ("plan", "verify"):
            command.add_argument("--json", action="store_true", help="answer as JSON")
        if name in ("record", "replay"):
            command.add_argument("--tape", required=True, type=Path, metavar="FILE", help="the recording")
        if name == "apply":
            command.add_argument("--plan", required=True, metavar="HASH", help="the hash that plan printed")
            command.add_argument("--many", action="store_true", help="more than 10 OPDs or 25 % of the guarantees")
        if name == "confirm":
            which = command.add_mutually_exclusive_group(required=True)
            which.add_argument("--plan", metavar="HASH", help="the hash that plan printed")
            which.add_argument("--withdraw", action="store_true", help="take the last confirmation back")
            command.add_argument("--by", default="", metavar="NAME", help="the person who typed the commands")
    return parser


def _made(options: argparse.Namespace) -> Agent:
    config = read_config(options.config)
    city = read_city(config.inventory, config.state)
    if config.uplink not in {uplink.name for uplink in city.uplinks}:
        raise ShapingError(f"{options.config}: uplink {config.uplink!r} is not in {config.inventory}")
    shaping = city.uplink(config.uplink).shaping
    if shaping is None:
        raise ShapingError(f"uplink {config.uplink}: the inventory has no shaping: for it; add driver and interfaces")
    site = Site(
        city,
        config.uplink,
        config.state,
        config.prometheus,
        unmapped=config.unmapped,
        spoofed=config.spoofed,
        management_from=config.management_from,
        router=RouterAccess(**config.router.model_dump()) if config.router else None,
        libreqos=LibreQosAccess(**config.libreqos.model_dump()) if config.libreqos else None,
    )
    return Agent(config, city, driver_of(shaping.driver, site), tell_driver=site.adopt)


def _agent(options: argparse.Namespace) -> int:
    reload: Reload[City] = Reload(PART, (ShapingError, InventoryError)).listen()
    logs.begin()
    agent = _made(options)
    agent.reload = reload
    registry = CollectorRegistry()
    registry.register(Figures(agent))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    readiness = Readiness((agent.jobs,), (agent.config.state,))
    pages.serve(agent.config.listen, pages.application(registry, readiness))
    # A turn under way is finished: half a plan in the kernel is what must not be left behind.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: agent.over.set())
    beside = watchdog.start(options.config) if isinstance(agent.driver, LiveDriver) else None
    reload.start(partial(read_city, agent.config.inventory, agent.config.state), agent.adopt)
    supervised("shaper-agent", agent.run, agent.over.is_set)
    reload.stop()
    if beside is not None:
        beside.terminate()
        beside.wait()
    return 0


def _watchdog(options: argparse.Namespace) -> int:
    logs.begin()
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    watchdog.watch(_made(options).driver, over, options.parent)
    return 0


def _planned(options: argparse.Namespace) -> tuple[Agent, Revision, Plan]:
    agent = _made(options)
    revision = agent.compile(agent.fetch())
    return agent, revision, agent.plan(revision)


def _plan(options: argparse.Namespace) -> int:
    agent, _, plan = _planned(options)
    if options.json:
        print(json.dumps({"hash": plan.hash, "empty": plan.empty, "map_changes": plan.map_changes, **summary(plan)}))
    else:
        print("\n".join(agent.driver.plan_text(plan)))
    return 0


def _apply(options: argparse.Namespace) -> int:
    agent, revision, plan = _planned(options)
    _same(plan, options.plan)
    if is_large(plan, revision.guaranteed_bytes_per_second) and not options.many:
        opds = len(opds_of(plan))
        raise ShapingError(f"{opds} OPDs or more than 25 % of the guarantees change; add --many if that is meant")
    if not agent.driver.apply(plan):
        print("\n".join(agent.driver.plan_text(plan)))
        print("nothing was applied from here: a person must type this", file=sys.stderr)
        return 1
    print(f"{len(plan.operations)} operations done")
    # What was applied is read back at once: "done" is what the device says, not what was sent.
    if wrong := faults_of(revision, agent.driver.read(revision.queues)):
        undone = agent.driver.undo()
        raise ShapingError("\n".join((*wrong, f"{undone} operations were undone: this was not in force")))
    agent.driver.confirm(plan, "a person", time.time())
    return _verify(argparse.Namespace(**{**vars(options), "json": False}))


def _same(plan: Plan, hash: str) -> None:
    if plan.hash != hash:
        raise ShapingError(f"the plan is now {plan.hash[:12]}, not {hash[:12]}: something moved; read the plan again")


def _confirm(options: argparse.Namespace) -> int:
    if options.withdraw:
        print(f"{_made(options).driver.undo()} rates are confirmed otherwise now; see plan")
        return 0
    agent, _, plan = _planned(options)
    _same(plan, options.plan)
    print(agent.driver.confirm(plan, options.by, time.time()))
    return 0


def _verify(options: argparse.Namespace) -> int:
    agent, revision, plan = _planned(options)
    reading = agent.driver.read(revision.queues)
    wrong = problems(revision, reading)
    in_force = plan.empty and not wrong
    if options.json:
        differs = {"operations": len(plan.operations), "map_differs": plan.map_changes}
        how = {"statement": reading.statement, "problems": wrong, **reading.evidence}
        print(json.dumps({"in_force": in_force, **differs, **how}))
    elif in_force:
        print(f"revision {revision.number} is in force: {reading.statement}")
    else:
        lines = (
            *wrong,
            f"{len(plan.operations)} operations differ from the ledger; see plan" if not plan.empty else "",
        )
        print(f"revision {revision.number} is not shown to be in force: {reading.statement}", file=sys.stderr)
        print("\n".join(line for line in lines if line), file=sys.stderr)
    return 0 if in_force else 1


def _panic(options: argparse.Namespace) -> int:
    agent = _made(options)
    # Before it is done: whatever becomes of it, the machine's own journal says who asked, also after the terminal.
    who = os.environ.get("SUDO_USER") or getpass.getuser()
    syslog.syslog(syslog.LOG_WARNING, f"lebarpita-shaping event=panic uplink={agent.config.uplink} by={who}")
    places = agent.driver.panic()
    print(f"everything passes unshaped; removed from: {', '.join(places) or 'nothing was there'}")
    print("a running agent shapes again at its next turn; stop it first if that is not wanted")
    return 0


def _rsc(options: argparse.Namespace) -> int:
    agent = _made(options)
    if not isinstance(agent.driver, ScriptedDriver):
        raise ShapingError("this driver writes no file; the city file's shaping: driver: must be routeros")
    print("\n".join(agent.driver.script(agent.compile(agent.fetch()).queues)))
    return 0


def _bench(options: argparse.Namespace) -> int:
    # A day's measurement is nobody's, and one of nothing is none.
    if not 0.2 <= options.seconds <= 60:
        raise ShapingError(f"--seconds {options.seconds:g} is not between 0.2 and 60")
    if options.verdicts is None:
        return launch.bench(options.seconds)
    # Below half a minute hardly a window is whole.
    if not 0.5 <= options.verdicts <= 600:
        raise ShapingError(f"--verdicts {options.verdicts:g} is not between 0.5 and 600 minutes")
    if not launch.FEWEST_OFFICES <= options.offices <= launch.MOST_OFFICES:
        bounds = f"{launch.FEWEST_OFFICES} and {launch.MOST_OFFICES}"
        raise ShapingError(f"--offices {options.offices} is not between {bounds}")
    return launch.verdict_lab(options.verdicts, options.offices)


def _taped(options: argparse.Namespace) -> tuple[Agent, TapedDriver]:
    agent = _made(options)
    if not isinstance(agent.driver, TapedDriver):
        raise ShapingError("this driver records nothing; the city file's shaping: driver: must be routeros")
    return agent, agent.driver


def _record(options: argparse.Namespace) -> int:
    agent, driver = _taped(options)
    print(driver.record(options.tape, agent.compile(agent.fetch()).queues))
    return 0


def _replay(options: argparse.Namespace) -> int:
    agent, driver = _taped(options)
    driver.replay(options.tape)
    revision = agent.compile(agent.fetch())
    print("\n".join(agent.driver.plan_text(agent.plan(revision))))
    wrong = problems(revision, agent.driver.read(revision.queues))
    print("\n".join(wrong) or f"revision {revision.number} is in force in the recording")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
