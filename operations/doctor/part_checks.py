"""Checks of our own parts: what their pages said in, a fault or None out. Pure; who asks is ``machine``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from operations.doctor.fault import Assurance, Fault, Finding, Pair

# From a signature to the kernel are at most five seconds; the agent asks each second and a silent tracker every five.
LEDGER_SECONDS = 60.0
# What cures an SNMP failure, by its reason (exporter.snmp.engines.failure.Reason).
_SNMP_CURES: Mapping[str, Pair] = {
    "timeout": (
        "snmpwalk dari mesin ini: alamat, port 161, daftar akses di perangkat, atau community {credential}",
        "snmpwalk from this machine: address, port 161, the device's access list, or {credential}'s community",
    ),
    "no_agent": ("nyalakan SNMP di perangkat", "switch SNMP on at the device"),
    "dns": ("tulis alamat IP perangkat di berkas kota", "write the device's IP address in the city file"),
    "network": (
        "tidak ada jalan ke perangkat: ip route get ALAMAT",
        "there is no way to the device: ip route get ADDRESS",
    ),
}
_SNMP_CURE: Pair = (
    "periksa kredensial {credential} di berkas kota dan secrets/snmp.env",
    "check the credential {credential} of the city file and secrets/snmp.env",
)


@dataclass(frozen=True)
class DeviceFact:
    """A device as its page of SNMP tells it; ``failure`` is empty where it was read."""

    name: str
    credential: str
    failure: str
    lost_links: tuple[str, ...] = ()


@dataclass(frozen=True)
class FlowFact:
    """The collector's counters of the last quarter of an hour; ``wanted`` are the addresses that the city file names.

    ``refused`` by address are of this hour, of twenty addresses at most. ``unread``: its page could not be read, so
    that nothing is known of any of them.
    """

    wanted: tuple[str, ...]
    datagrams: Mapping[str, float]
    undecoded: Mapping[str, float]
    unsampled: Mapping[str, float]
    refused: Mapping[str, float] = field(default_factory=dict)
    dropped: float = 0.0
    unread: bool = False


def part_fault(unit: str, status: int | None, lines: str) -> Fault | None:
    """A part that does not answer (no status), or says itself that it is not ready."""
    name = unit.removeprefix("lebarpita-")
    log = f"journalctl -u {unit} -n 20 (Compose: docker compose logs --tail 20 {name})"
    if status is None:
        start = f"systemctl start {unit} (Compose: docker compose up -d {name}); {log}"
        return Fault((f"{unit} tidak menjawab", f"{unit} does not answer"), (start, start))
    if status == 200:
        return None
    said = lines.strip().replace("\n", "; ")
    return Fault((f"{unit} belum siap: {said}", f"{unit} is not ready: {said}"), (log, log))


def device_fault(devices: Sequence[DeviceFact], unasked: int = 0) -> Finding:
    """A device that SNMP does not read, with the credential that was tried; ``unasked``: no time was left for them."""
    silent = [device for device in devices if device.failure]
    if silent:
        first = silent[0]
        cure, more = _SNMP_CURES.get(first.failure, _SNMP_CURE), ", ".join(device.name for device in silent[1:4])
        rest = f"{more} (+{len(silent) - 4})" if len(silent) > 4 else more
        also = (f"; juga {rest}", f"; so do {rest}") if rest else ("", "")
        return Fault(
            (
                f"SNMP {first.name} gagal ({first.failure}) dengan {first.credential}{also[0]}",
                f"SNMP of {first.name} fails ({first.failure}) with {first.credential}{also[1]}",
            ),
            (cure[0].format(credential=first.credential), cure[1].format(credential=first.credential)),
        )
    if unasked:
        return Fault(
            (f"{unasked} perangkat tidak sempat ditanya", f"there was no time to ask {unasked} devices"),
            ("lebarpita doctor --within 600", "lebarpita doctor --within 600"),
            note=True,
        )
    credentials = ", ".join(sorted({device.credential for device in devices}))
    return Assurance((f"{len(devices)} perangkat, dengan {credentials}", f"{len(devices)} devices, with {credentials}"))


def port_fault(devices: Sequence[DeviceFact]) -> Fault | None:
    """A line whose interface the device does not have."""
    for device in devices:
        if device.lost_links:
            lines = ", ".join(device.lost_links)
            walk = f"lebarpita-exporter poll {device.name}"
            return Fault(
                (f"{device.name} tidak punya port jalur {lines}", f"{device.name} has no port of the line {lines}"),
                (f"{walk}; perbaiki interface: di berkas kota", f"{walk}; mend interface: in the city file"),
            )
    return None


def flows_fault(fact: FlowFact) -> Finding:
    """No datagram from an exporter, or datagrams that say nothing yet: refused, without template, without rate."""
    if fact.unread:
        return _UNREAD
    silent = ", ".join(address for address in fact.wanted if not fact.datagrams.get(address))
    strangers = _named(fact.refused)
    if silent and strangers:
        return Fault(
            (
                f"tidak ada flow dari {silent}; yang mengirim dan ditolak: {strangers}",
                f"no flows from {silent}; who sends and is refused: {strangers}",
            ),
            _ADD,
        )
    if silent:
        return Fault(
            (f"tidak ada flow dari {silent}", f"no flows from {silent}"),
            ("arahkan perangkat ke UDP 2055 mesin ini", "point the device to UDP 2055 of this machine"),
        )
    for counts, wrong, cure in (
        (
            fact.undecoded,
            ("flow tanpa templat dari {}", "flows without a template from {}"),
            ("perkecil template timeout di perangkat (60 detik)", "shorten the device's template timeout (60 seconds)"),
        ),
        (
            fact.unsampled,
            ("laju sampling {} tidak diketahui", "the sampling rate of {} is not known"),
            ("tulis sampling: di berkas kota", "write sampling: in the city file"),
        ),
    ):
        lost = ", ".join(address for address, count in counts.items() if count)
        if lost:
            return Fault((wrong[0].format(lost), wrong[1].format(lost)), cure)
    if strangers:
        return Fault(
            (
                f"tidak tertulis di berkas kota, tetapi mengirim flow: {strangers}",
                f"not written in the city file, but sends flows: {strangers}",
            ),
            _ADD,
            note=True,
        )
    senders = ", ".join(f"{address} ({fact.datagrams[address]:.0f})" for address in fact.wanted)
    return Assurance((f"datagram dari {senders}", f"datagrams from {senders}")) if senders else _NO_EXPORTER


def _named(datagrams: Mapping[str, float]) -> str:
    """The three that sent most, with their datagrams, and how many more."""
    most = sorted(datagrams, key=lambda address: (-datagrams[address], address))
    more = f" (+{len(most) - 3})" if len(most) > 3 else ""
    return ", ".join(f"{address} ({datagrams[address]:.0f})" for address in most[:3]) + more


_ADD: Pair = (
    "tambahkan? flows: [{address: ALAMAT}] pada perangkatnya; halaman Selisih menyebut barisnya",
    "add it? flows: [{address: ADDRESS}] at its device; the tracker's page Selisih has the lines",
)
_UNREAD = Fault(
    ("halaman penerima flow tidak terbaca", "the flow collector's page cannot be read"),
    ("journalctl -u lebarpita-flows -n 20", "journalctl -u lebarpita-flows -n 20"),
    note=True,
)
_NO_EXPORTER = Fault(
    ("berkas kota tidak menyebut satu pun pengirim flow", "the city file names no sender of flows"),
    ("tulis flows: pada perangkatnya", "write flows: at the device that sends them"),
    note=True,
)


def buffer_fault(fact: FlowFact) -> Fault | None:
    """Datagrams that the kernel threw away because the socket's room was too small."""
    if fact.unread:
        return _UNREAD
    if not fact.dropped:
        return None
    return Fault(
        (
            f"kernel membuang {fact.dropped:.0f} datagram flow",
            f"the kernel dropped {fact.dropped:.0f} flow datagrams",
        ),
        (
            "systemctl enable --now lebarpita-flows.socket (ReceiveBuffer=32M), atau net.core.rmem_max",
            "systemctl enable --now lebarpita-flows.socket (ReceiveBuffer=32M), or net.core.rmem_max",
        ),
    )


def shaping_fault(ledger_seconds: float | None, waits: bool) -> Fault | None:
    """An agent that has not heard the tracker, or waits for a person."""
    if ledger_seconds is None or ledger_seconds > LEDGER_SECONDS:
        return Fault(
            ("agen shaping tidak mendengar pelacak", "the shaping agent does not hear the tracker"),
            ("journalctl -u lebarpita-shaping: alamat atau token", "journalctl -u lebarpita-shaping: address or token"),
        )
    if waits:
        plan = "lebarpita as shaping plan; lebarpita as shaping apply --plan HASH"
        return Fault(("perubahan besar menunggu seseorang", "a large change waits for a person"), (plan, plan))
    return None
