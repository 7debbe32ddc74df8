"""The way of the data, step by step: the settings of this machine in, each step's name and what is wrong with it out.

In the order in which the data travels, so that the first fault is the one to cure: what follows it is its echo.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

import alert_rules
from inventory.model import City, Device, Shaping
from operations.doctor import alert_checks, machine, machine_checks, part_checks
from operations.doctor.fault import Fault, Pair
from operations.doctor.laid_settings import LaidSettings
from operations.install.services import BACKUPS, FLOWS, SERVICES, SHAPING, SNMP, TRACKER, WATCH
from runtime.disk import free_bytes
from runtime.file_system import network_file_system
from runtime.offloads import offloads_of

Step = tuple[Pair, Callable[[], Fault | None]]
# Devices are asked beside each other: a dead one holds its poll for some seconds.
_AT_ONCE = 16


@dataclass(frozen=True)
class DataPath:
    """The steps over one machine; ``etc`` is the settings' folder."""

    etc: Path
    laid: LaidSettings

    def steps(self) -> Iterator[Step]:
        """Every step that this machine has, in order."""
        yield ("setelan", "settings"), lambda: machine_checks.settings_fault(self.laid.problems)
        yield ("hak folder", "rights"), lambda: machine_checks.rights_fault(self._folders())
        yield ("jam", "clock"), lambda: machine_checks.clock_fault(machine.clock_synchronized())
        yield ("nama (DNS)", "names (DNS)"), lambda: machine_checks.names_fault(_resolved(self.laid.hosts))
        yield ("ruang disk", "disk"), lambda: machine_checks.disk_fault(self._rooms())
        yield ("jenis disk", "kind of disk"), lambda: machine_checks.file_system_fault(self._networked())
        yield from self._part_steps()
        if self.laid.snmp and self.laid.city:
            devices: list[part_checks.DeviceFact] = []
            yield ("SNMP perangkat", "SNMP of devices"), lambda: self._devices(devices)
            yield ("port jalur", "ports of lines"), lambda: part_checks.port_fault(devices)
        if self.laid.flows and self.laid.city:
            yield ("flow datang", "flows arrive"), lambda: part_checks.flows_fault(self._flows())
            yield ("buffer soket", "socket buffers"), lambda: part_checks.buffer_fault(self._flows())
        if self.laid.tracker:
            yield from self._alert_steps(self.laid.tracker.prometheus, self.laid.tracker.alertmanager)
        if self.laid.shaping:
            yield ("agen shaping", "shaping agent"), self._shaping
            if (places := self._shaped_places()) is not None:
                yield ("bundel bingkai", "bundles of frames"), lambda: self._offloads(places)
        if self.laid.tracker:
            host = self.laid.tracker.public_url.split("://", 1)[1].split("/")[0].split(":")[0]
            site = self.etc / "tls" / "site.crt"
            yield ("cadangan", "backup"), lambda: machine_checks.backup_fault(machine.newest_hours(Path(BACKUPS)))
            yield (
                ("sertifikat", "certificate"),
                lambda: machine_checks.certificate_fault(machine.certificate(site), host),
            )

    def _part_steps(self) -> Iterator[Step]:
        for unit, listen in self._listens().items():

            def ready(unit: str = unit, listen: str = listen) -> Fault | None:
                page = machine.answer(f"http://{listen}/readyz")
                return part_checks.part_fault(unit, page.status if page else None, page.text if page else "")

            yield (unit, unit), ready

    def _alert_steps(self, prometheus: str | None, alertmanager: str | None) -> Iterator[Step]:
        if prometheus is None:
            return
        api = f"{prometheus.rstrip('/')}/api/v1"
        jobs = _jobs(bool(self.laid.shaping))
        yield (
            ("Prometheus membaca", "Prometheus scrapes"),
            lambda: alert_checks.scrape_fault(scrape_health(machine.data(f"{api}/targets?state=active")), jobs),
        )
        yield (
            ("aturan dimuat", "rules loaded"),
            lambda: alert_checks.rules_fault(rule_health(machine.data(f"{api}/rules")), _rules()),
        )
        yield (
            ("Alertmanager mengirim", "Alertmanager delivers"),
            lambda: alert_checks.delivery_fault(_active(machine.data(f"{api}/alertmanagers")), _failed(alertmanager)),
        )

    def _listens(self) -> dict[str, str]:
        """Unit to address, for the parts of this machine."""
        laid = self.laid
        addresses = {
            SNMP.unit: laid.snmp and laid.snmp.snmp.listen,
            WATCH.unit: laid.watch and laid.watch.watch.listen,
            FLOWS.unit: laid.flows and laid.flows.flows.listen,
            TRACKER.unit: laid.tracker and laid.tracker.listen,
            SHAPING.unit: laid.shaping and laid.shaping.listen,
        }
        return {unit: listen for unit, listen in addresses.items() if listen}

    def _folders(self) -> list[machine_checks.FolderFact]:
        states = [(Path(part.state), part.unit) for part in SERVICES if part.unit in self._listens()]
        folders = [machine.folder_fact(path, owner, 0o700) for path, owner in states]
        return [machine.folder_fact(self.etc / "secrets", "root", 0o700), *folders]

    def _rooms(self) -> dict[str, int]:
        places = [Path(part.state) for part in SERVICES if part.unit in self._listens()]
        return {str(path): free_bytes(path) for path in (*places, Path("/var/lib/prometheus"), Path(BACKUPS))}

    def _networked(self) -> dict[str, str]:
        places = [Path(part.state) for part in SERVICES if part.unit in self._listens()]
        kinds = ((str(place), network_file_system(place)) for place in (*places, Path("/var/lib/prometheus")))
        return {place: kind for place, kind in kinds if kind is not None}

    def _devices(self, facts: list[part_checks.DeviceFact]) -> Fault | None:
        """Asks every device once; what was found is kept for the step of the ports."""
        assert self.laid.snmp is not None and self.laid.city is not None
        listen = self.laid.snmp.snmp.listen
        devices = [device for device in self.laid.city.devices if device.snmp]
        # Needs no supervisor: every answer is waited for here, and what it raises is raised here.
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            facts[:] = pool.map(lambda device: _device(listen, device), devices)
        return part_checks.device_fault(facts)

    def _flows(self) -> part_checks.FlowFact:
        assert self.laid.flows is not None and self.laid.city is not None
        page = machine.answer(f"http://{self.laid.flows.flows.listen}/metrics")

        def sums(name: str) -> dict[str, float]:
            return machine.by_label(page, f"lebarpita_flow_{name}", "exporter")

        return part_checks.FlowFact(
            wanted=_exporters(self.laid.city),
            datagrams=sums("datagrams_total"),
            undecoded=sums("undecoded_sets_total"),
            unsampled=sums("unsampled_sets_total"),
            refused=sum(sums("refused_datagrams_total").values()),
            dropped=sum(sums("socket_drops_total").values()),
        )

    def _shaped_places(self) -> Shaping | None:
        """Where this machine's own kernel shapes; None where another device does."""
        named = self.laid.shaping.uplink if self.laid.shaping else ""
        uplinks = self.laid.city.uplinks if self.laid.city else ()
        shaping = next((uplink.shaping for uplink in uplinks if uplink.name == named), None)
        return shaping if shaping is not None and shaping.driver == "linux" else None

    def _offloads(self, places: Shaping) -> Fault | None:
        names = (places.transmit_interface, places.receive_interface)
        counted = bool(places.overhead_bytes or places.smallest_frame_bytes)
        return machine_checks.offload_fault({name: offloads_of(name) for name in names}, counted)

    def _shaping(self) -> Fault | None:
        assert self.laid.shaping is not None
        page = machine.answer(f"http://{self.laid.shaping.listen}/metrics")
        ages = [value for _, value in machine.samples(page, "lebarpita_shaping_ledger_age_seconds")]
        waits = any(value for _, value in machine.samples(page, "lebarpita_shaping_waits_for_a_person"))
        return part_checks.shaping_fault(ages[0] if ages else None, waits)


def _device(listen: str, device: Device) -> part_checks.DeviceFact:
    page = machine.answer(f"http://{listen}/snmp?target={device.name}")
    reasons = [labels["reason"] for labels, value in machine.samples(page, "lebarpita_snmp_failure") if value]
    up = any(value for _, value in machine.samples(page, "lebarpita_snmp_up"))
    ports = machine.samples(page, "lebarpita_link_interface_found")
    lost = tuple(labels["link"] for labels, value in ports if not value)
    return part_checks.DeviceFact(device.name, device.snmp or "", "" if up else (*reasons, "timeout")[0], lost)


def scrape_health(targets: object) -> dict[str, str] | None:
    """The error of each job by Prometheus' list of targets, "" where all are up; None where there is no list."""
    if not isinstance(targets, Mapping):
        return None
    health: dict[str, str] = {}
    for target in targets.get("activeTargets", ()):
        job, error = str(target.get("scrapePool", "")), str(target.get("lastError", ""))
        health[job] = health.get(job, "") or (error if target.get("health") == "down" else "")
    return health


def rule_health(groups: object) -> dict[str, str] | None:
    """The error of each rule, "" where it is well; None where there is no list."""
    if not isinstance(groups, Mapping):
        return None
    rules = [rule for group in groups.get("groups", ()) for rule in group.get("rules", ())]
    return {str(rule.get("name")): str(rule.get("lastError") or "") for rule in rules}


def _active(alertmanagers: object) -> list[str] | None:
    if not isinstance(alertmanagers, Mapping):
        return None
    return [str(place.get("url")) for place in alertmanagers.get("activeAlertmanagers", ())]


def _failed(alertmanager: str | None) -> dict[str, float] | None:
    page = machine.answer(f"{alertmanager.rstrip('/')}/metrics") if alertmanager else None
    return machine.by_label(page, "alertmanager_notifications_failed_total", "integration") if page else None


def _exporters(city: City) -> tuple[str, ...]:
    return tuple(str(source.address) for device in city.devices for source in device.flows)


def _resolved(hosts: set[str]) -> dict[str, bool]:
    return {host: machine.resolves(host) for host in hosts}


def _jobs(shaping: bool) -> set[str]:
    shipped = Path(alert_rules.__file__).parent / "prometheus.yml"
    jobs = {str(job["job_name"]) for job in YAML(typ="safe").load(shipped.read_text("utf-8"))["scrape_configs"]}
    return jobs if shaping else jobs - {"lebarpita-shaping"}


def _rules() -> set[str]:
    files = (YAML(typ="safe").load(path.read_text("utf-8")) for path in alert_rules.rule_files())
    rules = [rule for file in files for group in file["groups"] for rule in group["rules"]]
    return {str(rule.get("alert") or rule.get("record")) for rule in rules}
