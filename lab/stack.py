"""The stack of the demo: Prometheus, Alertmanager and the rooms' services, each in its namespace.

A service that does not start is reported by name with its last lines; the others go on.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from alert_rules.building import build
from inventory.model import City, Uplink
from lab import LabError, configs
from lab.city import environment
from lab.credentials import write_secret
from lab.demo_accounts import setup
from lab.host import ROOT
from lab.made_up import begin_of_past
from lab.namespaces import entering
from lab.options import Options
from lab.paths import Paths
from lab.plan import NOC, LabPlan
from lab.services import Service, Services

ROOMS = {"exporter": "exporter.cli", "tracker": "request_tracker.cli", "shaping": "shaping.cli"}


@dataclass
class Stack:
    """What was made known, in the order it starts, and where each face stands inside."""

    services: Services
    setup: list[list[str]]
    logs: Path
    past: list[str] = field(default_factory=list)
    before_setup: list[str] = field(default_factory=list)
    after_setup: list[str] = field(default_factory=list)
    faces: dict[str, tuple[str, int]] = field(default_factory=dict)

    def start(self, say: Callable[[str], None]) -> list[str]:
        """Start everything, saying each step; the names of what did not start."""
        failed: list[str] = []
        writing = self._begin_past(say)
        say(f"starting {', '.join(self.before_setup)}")
        for name in self.before_setup:
            self.services.launch(name)
        say("preparing the office: database, SOPs, opening balance, people")
        failed += self._prepare(say)
        if writing is not None and writing.wait():
            say(f"problem: the made-up history could not be written:\n{self.services.last_lines('past')}")
            failed.append("past")
        say(f"starting {', '.join(self.after_setup)}")
        for name in self.after_setup:
            self.services.launch(name)
        for name in (*self.before_setup, *self.after_setup):
            try:
                self.services.wait(name)
            except LabError as error:
                say(f"problem: {error}")
                failed.append(name)
        return failed

    def _begin_past(self, say: Callable[[str], None]) -> "subprocess.Popen[bytes] | None":
        """Begin to write the made-up month where Prometheus will start on it; None where there is none."""
        if not self.past:
            return None
        say("making up 30 days of history (data karangan)")
        with (self.logs / "past.log").open("ab") as log:
            command = entering(NOC, self.past)
            return subprocess.Popen(command, stdout=log, stderr=log, env=python_environment(), cwd=ROOT)

    def _prepare(self, say: Callable[[str], None]) -> list[str]:
        for line in self.setup:
            with (self.logs / "setup.log").open("ab") as log:
                log.write(f"$ lebarpita-tracker {' '.join(line)}\n".encode())
                log.flush()
                command = _room("tracker", *line)
                # What init prints holds a token, which no log may keep; what goes wrong stands in stderr.
                process = subprocess.run(
                    command, stdout=subprocess.DEVNULL, stderr=log, env=python_environment(), cwd=ROOT, check=False
                )
            if process.returncode:
                say(f"problem: lebarpita-tracker {' '.join(line[:2])} failed:\n{self.services.last_lines('setup')}")
                return ["setup"]
        return []


def python_environment() -> dict[str, str]:
    """What the rooms' programs find: the lab's environment and this checkout."""
    return {**environment(), "PYTHONPATH": str(ROOT)}


@dataclass(frozen=True, kw_only=True)
class StackSite:
    """What a stack is written for: the city, its network, the lab's paths, and what the lab was started with."""

    city: City
    plan: LabPlan
    paths: Paths
    options: Options


def add_stack(site: StackSite, services: Services, secrets: dict[str, str]) -> Stack:
    """Write the configuration files and make the services known; starts none."""
    city, paths, options = site.city, site.paths, site.options
    write_secret(paths.secrets, "webhook")
    write_secret(paths.secrets, "secret-key")
    write_secret(paths.secrets, configs.TOP_TOKEN)
    for name in configs.CHANNELS:
        (paths.secrets / f"channel-{name}").write_text(configs.channel(name))
    # The lab has a Linux kernel to shape with; an uplink of another driver has its device elsewhere.
    shaped = next((up for up in city.uplinks if up.shaping and up.shaping.driver == "linux"), None)
    files = _write_files(site, shaped)
    stack = Stack(services, setup(files["tracker"], paths.secrets, _opening(options)), paths.logs)
    for service in _stock(paths, options, files):
        services.catalogue[service.name] = service
        stack.before_setup.append(service.name)
    for part, port in (("snmp", configs.SNMP), ("watch", configs.WATCH), ("flows", configs.FLOWS)):
        argv = _room("exporter", "serve", part, "--config", str(files["exporter"]))
        service = Service(part, NOC, tuple(argv), f"tcp:{port}", {**python_environment(), **secrets})
        services.catalogue[part] = (
            replace(service, datagrams=configs.datagrams(site.plan)) if part == "flows" else service
        )
        stack.before_setup.append(part)
        stack.faces[f"exporter-{part}"] = ("127.0.0.1", port)
    _add_inbox(stack, options)
    _add_past(stack, paths, options)
    argv = _room("tracker", "serve", "--config", str(files["tracker"]))
    ready = f"tcp:{configs.TRACKER_PORT}"
    services.catalogue["tracker"] = Service("tracker", NOC, tuple(argv), ready, python_environment())
    stack.after_setup.append("tracker")
    stack.faces |= {"tracker": ("127.0.0.1", configs.TRACKER_PORT), "prometheus": _face(configs.PROMETHEUS)}
    stack.faces["alertmanager"] = _face(configs.ALERTMANAGER)
    if shaped is not None:
        argv = _room("shaping", "agent", "--config", str(files["shaping"]))
        ready = f"tcp:{configs.SHAPING_PORT}"
        services.catalogue["shaping"] = Service("shaping", shaped.device, tuple(argv), ready, python_environment())
        stack.after_setup.append("shaping")
        stack.faces["shaping"] = (str(city.device(shaped.device).address), configs.SHAPING_PORT)
    return stack


def _add_inbox(stack: Stack, options: Options) -> None:
    argv = (sys.executable, "-m", "lab.inbox", "--port", str(configs.INBOX), "--city", options.city)
    stack.services.catalogue["inbox"] = Service("inbox", NOC, argv, f"tcp:{configs.INBOX}", python_environment())
    stack.before_setup.append("inbox")
    stack.faces["inbox"] = ("127.0.0.1", configs.INBOX)


def _opening(options: Options) -> tuple[str, ...]:
    """The opening balance; the made-up month was lived under it, so it is in force from its begin."""
    if options.made_up_until is None:
        return (options.allocations,)
    begin = datetime.fromtimestamp(begin_of_past(options.made_up_until), UTC)
    return (options.allocations, "--since", begin.isoformat())


def _add_past(stack: Stack, paths: Paths, options: Options) -> None:
    """Prometheus begins on the made-up month, so it waits for it; the office is prepared meanwhile."""
    if options.made_up_until is None:
        return
    words = (options.city, options.allocations, str(_data(paths, "prometheus")), str(options.made_up_until))
    stack.past = [sys.executable, "-m", "lab.past", *words]
    stack.before_setup.remove("prometheus")
    stack.after_setup.append("prometheus")


def _stock(paths: Paths, options: Options, files: dict[str, Path]) -> Iterable[Service]:
    yield Service(
        "alertmanager",
        NOC,
        (
            "prometheus-alertmanager",
            f"--config.file={files['alertmanager']}",
            f"--storage.path={_data(paths, 'alertmanager')}",
            f"--web.listen-address={configs.ALERTMANAGER}",
            # Empty: one Alertmanager alone opens no port for gossip.
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
            f"--storage.tsdb.path={_data(paths, 'prometheus')}",
            # As an office keeps it (docs): a year's report and a month to write it.
            "--storage.tsdb.retention.time=400d",
            f"--web.listen-address={configs.PROMETHEUS}",
            f"--web.external-url=http://127.0.0.1:{options.ports['prometheus']}/",
            "--web.enable-lifecycle",
            "--log.level=warn",
        ),
        "tcp:9090",
    )


def _write_files(site: StackSite, shaped: Uplink | None) -> dict[str, Path]:
    city, plan, paths, options = site.city, site.plan, site.paths, site.options
    community = next((c.community for c in city.credentials if c.community), None)
    shaper = str(city.device(shaped.device).address) if shaped else "127.0.0.1"
    texts = {
        "exporter": json.dumps(
            configs.exporter(options, plan, _data(paths, "exporter"), paths.secrets, community), indent=1
        ),
        "tracker": json.dumps(configs.tracker(options, _data(paths, "tracker"), paths.secrets, city), indent=1),
    }
    if shaped is not None:
        config = configs.shaping(options, plan, shaped.name, _data(paths, "shaping"), paths.secrets)
        texts["shaping"] = json.dumps(config, indent=1)
    files = {name: paths.config / f"{name}.yaml" for name in texts}
    for name, text in texts.items():
        files[name].write_text(text)
    folder = paths.config / "alerts"
    build(configs.alerts(options, shaper, paths.secrets), folder)
    files |= {name: folder / f"{name}.yml" for name in ("prometheus", "alertmanager")}
    files["prometheus"].write_text(configs.prometheus(files["prometheus"].read_text()))
    return files


def _data(paths: Paths, name: str) -> Path:
    directory = paths.data(name)
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def _face(address: str) -> tuple[str, int]:
    host, _, port = address.partition(":")
    return host, int(port)


def _room(room: str, *words: str) -> list[str]:
    return [sys.executable, "-m", ROOMS[room], *words]
