"""The stack of the demo: Prometheus, Alertmanager and the rooms' services, each in its namespace.

A service that does not start is reported by name with its last lines; the others go on.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from inventory.model import City, Uplink
from lab import LabError, configs
from lab.city import environment
from lab.credentials import write_secret
from lab.host import ROOT
from lab.options import Options
from lab.people import setup
from lab.places import Places
from lab.plan import NOC, Plan
from lab.services import Service, Services

ROOMS = {"exporter": "exporter.cli", "tracker": "request_tracker.cli", "shaping": "shaping.cli"}


@dataclass
class Stack:
    """What was made known, in the order it starts, and where each face stands inside."""

    services: Services
    setup: list[list[str]]
    logs: Path
    first: list[str] = field(default_factory=list)
    then: list[str] = field(default_factory=list)
    faces: dict[str, tuple[str, int]] = field(default_factory=dict)

    def start(self, say: Callable[[str], None]) -> list[str]:
        """Start everything, saying each step; the names of what did not start."""
        failed: list[str] = []
        say(f"starting {', '.join(self.first)}")
        for name in self.first:
            self.services.launch(name)
        say("preparing the office: database, SOPs, opening balance, people")
        failed += self._prepare(say)
        say(f"starting {', '.join(self.then)}")
        for name in self.then:
            self.services.launch(name)
        for name in (*self.first, *self.then):
            try:
                self.services.wait(name)
            except LabError as error:
                say(f"problem: {error}")
                failed.append(name)
        return failed

    def _prepare(self, say: Callable[[str], None]) -> list[str]:
        for line in self.setup:
            with (self.logs / "setup.log").open("ab") as log:
                log.write(f"$ lebarpita-tracker {' '.join(line)}\n".encode())
                log.flush()
                command = _room("tracker", *line)
                # What init prints holds a token, which no log may keep; what goes wrong stands in stderr.
                done = subprocess.run(
                    command, stdout=subprocess.DEVNULL, stderr=log, env=python_environment(), cwd=ROOT, check=False
                )
            if done.returncode:
                say(f"problem: lebarpita-tracker {' '.join(line[:2])} failed:\n{self.services.last_lines('setup')}")
                return ["setup"]
        return []


def python_environment() -> dict[str, str]:
    """What the rooms' programs find: the lab's environment and this checkout."""
    return {**environment(), "PYTHONPATH": str(ROOT)}


def add_stack(
    city: City, plan: Plan, places: Places, services: Services, options: Options, secrets: dict[str, str]
) -> Stack:
    """Write the configuration files and make the services known; starts none."""
    write_secret(places.secrets, "webhook")
    write_secret(places.secrets, "secret-key")
    shaped = next((up for up in city.uplinks if up.shaping and up.shaping.driver == "linux"), None)
    files = _write_files(city, plan, places, options, shaped)
    stack = Stack(services, setup(files["tracker"], places.secrets, options.allocations), places.logs)
    for service in _stock(places, options, files):
        services.known[service.name] = service
        stack.first.append(service.name)
    for part, port in (("snmp", configs.SNMP), ("watch", configs.WATCH), ("flows", configs.FLOWS)):
        argv = _room("exporter", "serve", part, "--config", str(files["exporter"]))
        known = Service(part, NOC, tuple(argv), f"tcp:{port}", {**python_environment(), **secrets})
        services.known[part] = replace(known, datagrams=configs.datagrams(plan)) if part == "flows" else known
        stack.first.append(part)
        stack.faces[f"exporter-{part}"] = ("127.0.0.1", port)
    argv = _room("tracker", "serve", "--config", str(files["tracker"]))
    ready = f"tcp:{configs.TRACKER_PORT}"
    services.known["tracker"] = Service("tracker", NOC, tuple(argv), ready, python_environment())
    stack.then.append("tracker")
    stack.faces |= {"tracker": ("127.0.0.1", configs.TRACKER_PORT), "prometheus": _face(configs.PROMETHEUS)}
    stack.faces["alertmanager"] = _face(configs.ALERTMANAGER)
    if shaped is not None:
        argv = _room("shaping", "agent", "--config", str(files["shaping"]))
        ready = f"tcp:{configs.SHAPING_PORT}"
        services.known["shaping"] = Service("shaping", shaped.device, tuple(argv), ready, python_environment())
        stack.then.append("shaping")
        stack.faces["shaping"] = (str(city.device(shaped.device).address), configs.SHAPING_PORT)
    return stack


def _stock(places: Places, options: Options, files: dict[str, Path]) -> Iterable[Service]:
    yield Service(
        "alertmanager",
        NOC,
        (
            "prometheus-alertmanager",
            f"--config.file={files['alertmanager']}",
            f"--storage.path={_data(places, 'alertmanager')}",
            f"--web.listen-address={configs.ALERTMANAGER}",
            "--cluster.listen-address=",
            f"--web.external-url=http://127.0.0.1:{options.ports['alertmanager']}/",
        ),
        "tcp:9093",
    )
    yield Service(
        "prometheus",
        NOC,
        (
            "prometheus",
            f"--config.file={files['prometheus']}",
            f"--storage.tsdb.path={_data(places, 'prometheus')}",
            "--storage.tsdb.retention.time=400d",
            f"--web.listen-address={configs.PROMETHEUS}",
            f"--web.external-url=http://127.0.0.1:{options.ports['prometheus']}/",
            "--web.enable-lifecycle",
            "--log.level=warn",
        ),
        "tcp:9090",
    )


def _write_files(city: City, plan: Plan, places: Places, options: Options, shaped: Uplink | None) -> dict[str, Path]:
    community = next((c.community for c in city.credentials if c.community), None)
    shipped = ROOT / "alert_rules"
    shaper = str(city.device(shaped.device).address) if shaped else "127.0.0.1"
    texts = {
        "exporter": json.dumps(configs.exporter(options, plan, _data(places, "exporter"), community), indent=1),
        "tracker": json.dumps(
            configs.tracker(options, _data(places, "tracker"), places.secrets, city.city.name), indent=1
        ),
        "prometheus": configs.prometheus((shipped / "prometheus.yml").read_text(), shipped / "rules", shaper),
        "alertmanager": configs.alertmanager((shipped / "alertmanager.yml").read_text(), places.secrets / "webhook"),
    }
    if shaped is not None:
        config = configs.shaping(options, plan, shaped.name, _data(places, "shaping"), places.secrets)
        texts["shaping"] = json.dumps(config, indent=1)
    files = {name: places.config / f"{name}.yaml" for name in texts}
    for name, text in texts.items():
        files[name].write_text(text)
    return files


def _data(places: Places, name: str) -> Path:
    directory = places.data(name)
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def _face(address: str) -> tuple[str, int]:
    host, _, port = address.partition(":")
    return host, int(port)


def _room(room: str, *words: str) -> list[str]:
    return [sys.executable, "-m", ROOMS[room], *words]
