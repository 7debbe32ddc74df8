"""The demo: one command that starts the city and the stack, says where to look, and ends everything again."""

import signal
import sys
from typing import TextIO

from inventory.reading import read_city
from lab import LabError
from lab.client import Lab
from lab.demo_accounts import ACCOUNTS, password_file
from lab.inbox import BOARDS
from lab.letter import bring_letter
from lab.options import Options
from lab.paths import Paths
from lab.start import end, launch

TITLES = {
    "tracker": "pelacak / tracker",
    "inbox": "kotak pesan / inbox",
    "prometheus": "Prometheus",
    "alertmanager": "Alertmanager",
    "exporter-snmp": "exporter: SNMP",
    "exporter-watch": "exporter: watch",
    "exporter-flows": "exporter: flows",
    "shaping": "shaping agent",
}


def demo(paths: Paths, options: Options, detach: bool, out: TextIO = sys.stdout) -> int:
    """Run the demo to its end, or to its readiness with ``detach``; 1 where a service did not start."""
    for signal_ in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signal_, _interrupt)
    process = launch(paths, options, leash=not detach, say=lambda line: _print(out, line))
    lab = Lab(paths)
    letter = _bring_letter(lab, options) if options.made_up_until is not None else ""
    _print(out, f"\n{tour(lab)}\n{letter}")
    code = 1 if lab.facts()["problems"] else 0
    if detach:
        _print(out, "It goes on without this terminal. End it with: make down")
        return code
    _print(out, "Ctrl-C ends everything.")
    try:
        return process.wait() or code
    except KeyboardInterrupt:
        _print(out, "\nending ...")
        end(process)
        _print(out, "ended; nothing is left but the logs in " + str(paths.logs))
        return code


def tour(lab: Lab) -> str:
    """Addresses, logins and the first things to try."""
    ports = lab.facts()["ports"]
    rows = [f"  {TITLES[name]:18} http://127.0.0.1:{port}/" for name, port in ports.items()]
    people = []
    for person in ACCOUNTS:
        file = password_file(lab.paths.secrets, person)
        if file.exists():
            people.append(f"  {person.name:8} {file.read_text():16} {person.title}")
    if "inbox" in ports:
        rows.append(f"  {'papan / boards':18} http://127.0.0.1:{ports['inbox']}{BOARDS}")
    problems = lab.facts()["problems"]
    warning = [f"NOT RUNNING: {', '.join(problems)}; see {lab.paths.logs}"] if problems else []
    tries = [
        "  .venv/bin/python -m lab cut agg-utara      # cut a link: one page, one ticket, four offices,",
        "                                             # and the calls for it in the inbox",
        "  .venv/bin/python -m lab heal agg-utara",
        "  .venv/bin/python -m lab status",
        f"  http://127.0.0.1:{ports['tracker']}/pemakai?opd=*  # who uses the lines, over time (log in as teknisi)",
    ]
    return "\n".join([*warning, "addresses:", *rows, "", "logins:", *people, "", "try:", *tries])


def _bring_letter(lab: Lab, options: Options) -> str:
    """A request on its way, for whoever logs in as the head of the office; a sentence where it did not get there."""
    try:
        case = bring_letter(lab, read_city(options.city).opds[0].code)
    except LabError as error:
        return f"no letter is on its way: {error}\n"
    return f"A letter waits for the signature of kadis, with its evidence: {lab.url('tracker', case)}\n"


def _print(out: TextIO, line: str) -> None:
    print(line, file=out, flush=True)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
