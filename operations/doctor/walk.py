"""The way of the data, step by step: the settings of this machine in, each step's name and what is wrong with it out.

In the order in which the data travels, so that the first fault is the one to cure: what follows it is its echo.
"""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from inventory.model import City, Device, Shaping
from operations.doctor import alert_checks, machine, machine_checks, part_checks
from operations.doctor.fault import Fault, Finding, Pair
from operations.doctor.laid_settings import LaidSettings
from operations.doctor.monitoring import (
    MonitoringApi,
    active_alertmanagers,
    rule_health,
    scrape_health,
    since,
    wanted_jobs,
    wanted_rules,
)
from operations.doctor.part_places import PartPlaces
from operations.install.services import BACKUPS, FLOWS, SHAPING, SNMP, InstalledPart
from runtime.disk import free_bytes
from runtime.file_system import network_file_system
from runtime.offloads import offloads_of

Step = tuple[Pair, Callable[[], Finding]]
# Devices are asked beside each other: a dead one holds its poll for some seconds.
_AT_ONCE = 16
# What came lately; longer than a router's own silence of a night's minutes, shorter than a fault that was cured.
_LATELY = "15m"
_PROMETHEUS_DATA = Path("/var/lib/prometheus")


@dataclass(frozen=True)
class DataPath:
    """The steps over one machine; ``etc`` is the settings' folder, ``until`` (monotonic) ends the asking of devices."""

    etc: Path
    laid: LaidSettings
    until: float = float("inf")
    devices: list[part_checks.DeviceFact] = field(default_factory=list)

    @cached_property
    def monitoring(self) -> MonitoringApi:
        """Prometheus and Alertmanager as the tracker knows them."""
        return MonitoringApi(self.laid.prometheus, self.laid.tracker.alertmanager if self.laid.tracker else None)

    @cached_property
    def places(self) -> PartPlaces:
        """Where the parts answer."""
        return PartPlaces(self.laid.listens, self.monitoring)

    def steps(self) -> Iterator[Step]:
        """Every step that this machine has, in order."""
        yield ("setelan", "settings"), lambda: machine_checks.settings_fault(self.laid.problems)
        if self.laid.is_installed:
            yield ("hak folder", "rights"), lambda: machine_checks.rights_fault(self._folders())
        yield ("jam", "clock"), lambda: machine_checks.clock_fault(machine.clock_synchronized())
        yield ("nama (DNS)", "names (DNS)"), lambda: machine_checks.names_fault(_resolved(self.laid.hosts))
        yield ("ruang disk", "disk"), lambda: machine_checks.disk_fault(self._rooms(), self._full_days())
        yield ("jenis disk", "kind of disk"), lambda: machine_checks.file_system_fault(self._networked())
        for part in self.places.parts:
            yield (part.unit, part.unit), self._ready(part)
        yield from self._measuring_steps()
        if self.monitoring.api:
            yield from self._alert_steps()
        if self.laid.shaping:
            yield ("agen shaping", "shaping agent"), self._shaping
            if (places := self._shaped_places()) is not None:
                yield ("bundel bingkai", "bundles of frames"), lambda: self._offloads(places)
        if self.laid.tracker:
            yield ("cadangan", "backup"), self._backup
            site = urlsplit(self.laid.tracker.public_url)
            if site.scheme == "https":
                host, port = site.hostname or "", site.port or 443
                yield ("sertifikat", "certificate"), lambda: self._certificate(host, port)

    def _measuring_steps(self) -> Iterator[Step]:
        parts = self.places.parts
        if SNMP in parts and self.laid.city:
            yield ("SNMP perangkat", "SNMP of devices"), self._devices
            yield ("port jalur", "ports of lines"), lambda: part_checks.port_fault(self.devices)
        if FLOWS in parts and self.laid.city:
            yield ("flow datang", "flows arrive"), lambda: part_checks.flows_fault(self._flows())
            yield ("buffer soket", "socket buffers"), lambda: part_checks.buffer_fault(self._flows())

    def _alert_steps(self) -> Iterator[Step]:
        ask = self.monitoring
        jobs = wanted_jobs(bool(self.laid.shaping))
        yield (
            ("Prometheus membaca", "Prometheus scrapes"),
            lambda: alert_checks.scrape_fault(scrape_health(ask.data("targets", state="active")), jobs),
        )
        yield (
            ("aturan dimuat", "rules loaded"),
            lambda: alert_checks.rules_fault(rule_health(ask.data("rules")), wanted_rules()),
        )
        yield (
            ("Alertmanager mengirim", "Alertmanager delivers"),
            lambda: alert_checks.delivery_fault(active_alertmanagers(ask.data("alertmanagers")), ask.failed()),
        )
        yield ("peringatan sampai", "alerts arrive"), self._arrival
        yield ("orang terpanggil", "people are reached"), self._reached

    def _ready(self, part: InstalledPart) -> Callable[[], Finding]:
        def ready() -> Finding:
            page = self.places.page(part, "/readyz")
            return part_checks.part_fault(part.unit, page.status if page else None, page.text if page else "")

        return ready

    def _folders(self) -> list[machine_checks.FolderFact]:
        own = ((part, folder) for part, folder in self.laid.folders.items() if str(folder) == str(part.state))
        folders = [machine.folder_fact(folder, part.unit, 0o700) for part, folder in own]
        return [machine.folder_fact(self.etc / "secrets", "root", 0o700), *folders]

    def _rooms(self) -> dict[str, int]:
        more = [place for place in (_PROMETHEUS_DATA, Path(BACKUPS)) if place.exists()]
        return {str(path): free_bytes(path) for path in (*self.laid.places, *more)}

    def _full_days(self) -> dict[str, float]:
        return self.monitoring.values("disk:full:days", "place")

    def _networked(self) -> dict[str, str]:
        kinds = ((str(place), network_file_system(place)) for place in (*self.laid.places, _PROMETHEUS_DATA))
        return {place: kind for place, kind in kinds if kind is not None}

    def _devices(self) -> Finding:
        """Asks every device once, while there is time; what was found is kept for the step of the ports."""
        assert self.laid.city is not None
        wanted = [device for device in self.laid.city.devices if device.snmp]
        # Needs no supervisor: every answer is waited for here, and what it raises is raised here.
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            facts = pool.map(self._device, wanted)
            self.devices[:] = [fact for fact in facts if fact is not None]
        return part_checks.device_fault(self.devices, len(wanted) - len(self.devices))

    def _device(self, device: Device) -> part_checks.DeviceFact | None:
        if time.monotonic() > self.until:
            return None
        page = self.places.page(SNMP, f"/snmp?target={device.name}")
        reasons = [labels["reason"] for labels, value in machine.samples(page, "lebarpita_snmp_failure") if value]
        up = any(value for _, value in machine.samples(page, "lebarpita_snmp_up"))
        ports = machine.samples(page, "lebarpita_link_interface_found")
        lost = tuple(labels["link"] for labels, value in ports if not value)
        return part_checks.DeviceFact(device.name, device.snmp or "", "" if up else (*reasons, "timeout")[0], lost)

    def _flows(self) -> part_checks.FlowFact:
        assert self.laid.city is not None
        page = self.places.page(FLOWS, "/metrics")

        def sums(name: str, label: str = "exporter") -> dict[str, float]:
            metric = f"lebarpita_flow_{name}"
            return since(machine.by_label(page, metric, label), self.monitoring.earlier(metric, label, _LATELY))

        return part_checks.FlowFact(
            wanted=_exporters(self.laid.city),
            datagrams=sums("datagrams_total"),
            undecoded=sums("undecoded_sets_total"),
            unsampled=sums("unsampled_sets_total"),
            refused=machine.by_label(page, "lebarpita_flow_refused_sender_datagrams", "address"),
            dropped=sum(sums("socket_drops_total").values()),
            unread=page is None or page.status != 200,
        )

    def _arrival(self) -> Finding:
        age = self.monitoring.value("time() - max(lebarpita_watchdog_last_timestamp_seconds)")
        return alert_checks.arrival_fault(age, self.monitoring.value("vector(1)") is not None)

    def _reached(self) -> Finding:
        return alert_checks.reached_fault(self.monitoring.value("max(lebarpita_call_trial_unconfirmed)"))

    def _backup(self) -> Finding:
        """By the files where ``install`` has them laid, else by what the tracker says of itself."""
        assert self.laid.tracker is not None
        looked = self.laid.is_installed
        hours = machine.newest_hours(Path(BACKUPS)) if looked else self._hours("backup_last")
        sent = self._hours("backup_sent_last") if self.laid.tracker.backup.send else None
        return machine_checks.backup_fault(hours, sent, looked=looked)

    def _hours(self, name: str) -> float | None:
        return self.monitoring.value(f"(time() - max(lebarpita_{name}_timestamp_seconds)) / 3600")

    def _certificate(self, host: str, port: int) -> Finding:
        laid = self.etc / "tls" / "site.crt"
        fact = machine.certificate(laid) if os.access(laid, os.R_OK) else machine.served_certificate(host, port)
        return machine_checks.certificate_fault(fact, host)

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
        page = self.places.page(SHAPING, "/metrics")
        ages = [value for _, value in machine.samples(page, "lebarpita_shaping_ledger_age_seconds")]
        waits = any(value for _, value in machine.samples(page, "lebarpita_shaping_waits_for_a_person"))
        return part_checks.shaping_fault(ages[0] if ages else None, waits)


def _exporters(city: City) -> tuple[str, ...]:
    return tuple(str(source.address) for device in city.devices for source in device.flows)


def _resolved(hosts: set[str]) -> dict[str, bool]:
    return {host: machine.resolves(host) for host in hosts}
