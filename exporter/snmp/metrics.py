"""The metrics of the SNMP part. A metric that is not here does not exist."""

from exporter.job_metrics import JOB_METRICS, RELOAD_METRICS
from exporter.metrics import PREFIX, Metric
from exporter.names import NAME_METRICS

_LINK = ("link", "device")
_WAYS = (*_LINK, "direction")
_OPD = ("opd", "source")
_VIEW = "Receive is towards the offices (download), transmit from them."


def _link(name: str, kind: str, text: str, labels: tuple[str, ...] = _LINK) -> Metric:
    return Metric(f"{PREFIX}link_{name}", "counter" if kind == "counter" else "gauge", text, labels)


LINK_UP = _link("up", "gauge", "1 when the line's interface is operationally up (or unknown, as virtual ports say).")
LINK_ADMIN_UP = _link("admin_up", "gauge", "0 when the interface was switched off on purpose: maintenance, no outage.")
LINK_RECEIVE = _link("receive_bytes_total", "counter", f"Octets of layer 2 on the line. {_VIEW}")
LINK_TRANSMIT = _link("transmit_bytes_total", "counter", f"Octets of layer 2 on the line. {_VIEW}")
LINK_ERRORS = _link("errors_total", "counter", f"Packets with errors. {_VIEW}", _WAYS)
LINK_DISCARDS = _link("discards_total", "counter", f"Packets thrown away, mostly for full queues. {_VIEW}", _WAYS)
LINK_SPEED = _link(
    "speed_bytes_per_second", "gauge", "What the line can carry: the lower of the device's claim and the inventory."
)
LINK_LAST_CHANGE = _link("last_change_timestamp_seconds", "gauge", "When the interface last changed its state.")
LINK_COUNTER_BITS = _link("counter_bits", "gauge", "Width of the octet counters read: 64, or 32 where there are no 64.")
LINK_FOUND = _link("interface_found", "gauge", "0 when the device has no such interface, or several of that name.")
LINK_REFUSED = _link(
    "counter_refused",
    "gauge",
    "1 while octets are withheld: 32 bits that can wrap between two scrapes, or a layer under another uplink.",
)
LINK_DISCONTINUITIES = _link(
    "counter_discontinuities_total", "counter", "Times the device said that its counters jumped (not by a reboot)."
)
LINK_BUNDLE_SPEED = _link(
    "bundle_speed_bytes_per_second",
    "gauge",
    "Of a bundle (LAG) that is up: the sum of its active members, as the device says. What it lost is a member.",
)
LINK_PORT_SPEED = _link(
    "port_speed_bytes_per_second",
    "gauge",
    "What an uplink's device says that its port can carry, whatever the contract says; left out where it says nothing.",
)
LINK_BELOW_CONTRACT = _link(
    "below_contract", "gauge", "1 while a port that is up runs below the speed of the city file; otherwise left out."
)
LINK_HALF_DUPLEX = _link(
    "half_duplex", "gauge", "1 while a port that is up runs at half duplex (learnt every ten minutes); else left out."
)

OPD_RECEIVE = Metric(f"{PREFIX}opd_receive_bytes_total", "counter", "Bytes towards the OPD (download).", _OPD)
OPD_TRANSMIT = Metric(f"{PREFIX}opd_transmit_bytes_total", "counter", "Bytes from the OPD (upload).", _OPD)
OPD_RECEIVE_PACKETS = Metric(f"{PREFIX}opd_receive_packets_total", "counter", "Packets towards the OPD.", _OPD)
OPD_TRANSMIT_PACKETS = Metric(f"{PREFIX}opd_transmit_packets_total", "counter", "Packets from the OPD.", _OPD)
OPD_INFO = Metric(
    f"{PREFIX}opd_info",
    "gauge",
    "Always 1; names an OPD, its district and its line.",
    ("opd", "name", "district", "link"),
)

SNMP_UP = Metric(f"{PREFIX}snmp_up", "gauge", "1 when the device was read.", ("device",))
SNMP_FAILURE = Metric(f"{PREFIX}snmp_failure", "gauge", "1 for the reason a device was not read.", ("device", "reason"))
SNMP_DURATION = Metric(
    f"{PREFIX}snmp_scrape_duration_seconds", "gauge", "Time it took to read the device.", ("device",)
)
SNMP_QUIRK = Metric(f"{PREFIX}snmp_quirk", "gauge", "1 for what had to be worked around.", ("device", "quirk"))
SNMP_REFRESH = Metric(
    f"{PREFIX}snmp_refresh_seconds", "gauge", "How seldom the agent renews its counters; no rate below it.", ("device",)
)
DEVICE_BOOT = Metric(f"{PREFIX}device_boot_timestamp_seconds", "gauge", "When the device was started.", ("device",))
DEVICE_REBOOTS = Metric(
    f"{PREFIX}device_reboots_total", "counter", "Reboots seen since the exporter was started.", ("device",)
)

DEVICE_CPU = Metric(
    f"{PREFIX}device_cpu_load_ratio", "gauge", "Mean load of the processors in the last minute, 0 to 1.", ("device",)
)
DEVICE_MEMORY_SIZE = Metric(f"{PREFIX}device_memory_size_bytes", "gauge", "Main memory.", ("device",))
DEVICE_MEMORY_USED = Metric(
    f"{PREFIX}device_memory_used_bytes", "gauge", "Main memory that is taken and cannot be freed.", ("device",)
)
DEVICE_TEMPERATURE = Metric(
    f"{PREFIX}device_temperature_celsius", "gauge", "Temperature of a sensor.", ("device", "sensor")
)

POLLS = Metric(f"{PREFIX}snmp_polls_total", "counter", "Polls begun, each of one device.", ())
POLLS_SHARED = Metric(
    f"{PREFIX}snmp_polls_shared_total", "counter", "Scrapes answered by a poll already under way.", ()
)
POLL_FAILURES = Metric(f"{PREFIX}snmp_poll_failures_total", "counter", "Polls that failed, by reason.", ("reason",))
ROUND_DEVICES = Metric(
    f"{PREFIX}snmp_round_devices",
    "gauge",
    "Devices of the last scrape of all (/snmp/all), by what read them: compiled code, or Python one by one.",
    ("way",),
)

CATALOGUE: tuple[Metric, ...] = (
    *(value for value in dict(globals()).values() if isinstance(value, Metric)),
    *NAME_METRICS,
    *JOB_METRICS,
    *RELOAD_METRICS,
)
