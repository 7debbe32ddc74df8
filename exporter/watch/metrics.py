"""The metrics of the watch. A metric that is not here does not exist."""

from exporter.job_metrics import DISK_FREE, DISK_USED, JOB_METRICS, RELOAD_METRICS
from exporter.metrics import PREFIX, Metric
from exporter.names import NAME_METRICS

_PLACE = ("link", "opd")
_WINDOW = (*_PLACE, "window")

OUTAGE = Metric(f"{PREFIX}outage", "gauge", "1 while the outage of this root cause lasts.", ("root", "kind"))
OPDS_CUT_OFF = Metric(f"{PREFIX}outage_offices_cut_off", "gauge", "OPDs the outage cuts off.", ("root",))
STARTED = Metric(f"{PREFIX}outage_start_timestamp_seconds", "gauge", "When the outage began.", ("root",))
INTERRUPTIONS = Metric(
    f"{PREFIX}outage_interruptions",
    "gauge",
    "How often the line of a lasting outage fell; 1 for the first time.",
    ("root", "kind"),
)
REACHABLE = Metric(f"{PREFIX}reachable", "gauge", "1 while the node behind the link owes no answer.", _PLACE)
DEVICE_CUT_OFF = Metric(
    f"{PREFIX}device_cut_off",
    "gauge",
    "1 while the watch does not reach the device: what else it owes follows.",
    ("device",),
)
ROUND_TRIP = Metric(f"{PREFIX}round_trip_seconds", "gauge", "Echo time of the last answer.", _PLACE)
LOST = Metric(f"{PREFIX}probe_lost_total", "counter", "Regular requests never answered, those of outages too.", _PLACE)
FLAPS = Metric(f"{PREFIX}link_flaps_total", "counter", "Losses that came back before they were an outage.", ("link",))
LOSS = Metric(
    f"{PREFIX}probe_loss_ratio", "gauge", "Lost share of the window's regular requests, outages left out.", _WINDOW
)
QUANTILE = Metric(
    f"{PREFIX}round_trip_quantile_seconds",
    "gauge",
    "Median and p95 of the window's echo times, within nine per cent.",
    (*_WINDOW, "quantile"),
)
JITTER = Metric(
    f"{PREFIX}round_trip_jitter_seconds",
    "gauge",
    "Mean difference between neighbouring echo times of the window (RFC 3393).",
    _WINDOW,
)
TRIPS = Metric(f"{PREFIX}round_trip_histogram_seconds", "histogram", "Echo times of regular requests.", _PLACE)
DEGRADED = Metric(
    f"{PREFIX}link_degraded",
    "gauge",
    "1 while loss begins at this link, not above it.",
    ("link",),
)
LINK_LOSS = Metric(
    f"{PREFIX}link_loss_ratio",
    "gauge",
    "What a degraded link itself loses, with its interval of two standard errors.",
    ("link", "bound"),
)
ROUND = Metric(f"{PREFIX}watch_round_timestamp_seconds", "gauge", "When it was last decided who is down.")
LATE = Metric(f"{PREFIX}watch_rounds_late_total", "counter", "Rounds that began more than half an interval late.")
DELAY = Metric(
    f"{PREFIX}link_delay_seconds",
    "gauge",
    "What of five minutes' round trips begins at this link, with what links that add less on the same way add.",
    ("link",),
)
LARGE_LOST = Metric(
    f"{PREFIX}link_large_packets_lost",
    "gauge",
    "1 where small packets pass the link and whole ones of 1500 bytes do not: an MTU black hole.",
    ("link",),
)
ISOLATED = Metric(
    f"{PREFIX}watch_isolated", "gauge", "1 while this host itself has no network: outages are not decided."
)
JOURNAL_FAILURES = Metric(f"{PREFIX}watch_journal_failures_total", "counter", "Journal lines not written to disk.")
SEND_FAILURES = Metric(
    f"{PREFIX}watch_send_failures_total",
    "counter",
    "Tries in which Alertmanager did not take the alerts.",
    ("alertmanager",),
)
TRAPS = Metric(
    f"{PREFIX}snmp_trap_received_total", "counter", "Traps and informs of known devices.", ("device", "trap")
)
TRAPS_REFUSED = Metric(f"{PREFIX}snmp_trap_refused_total", "counter", "Traps thrown away, and why.", ("reason",))
TRAP_LAST = Metric(
    f"{PREFIX}snmp_trap_last_timestamp_seconds",
    "gauge",
    "When a device last sent this trap; coldStart and warmStart mark a reboot.",
    ("device", "trap"),
)
TRAP_POLLS = Metric(
    f"{PREFIX}snmp_trap_polls_total", "counter", "Polls of a device begun by its trap.", ("device", "result")
)
BRANCH = Metric(
    f"{PREFIX}link_branch_info",
    "gauge",
    "Always 1; the tree, for inhibition.",
    ("link", "tier", "branch"),
)
PARENT = Metric(
    f"{PREFIX}link_parent_info",
    "gauge",
    "Always 1; the tree, for pictures: the branch or the root device above each branch.",
    ("link", "parent"),
)
CAPACITY = Metric(
    f"{PREFIX}uplink_capacity_bytes_per_second", "gauge", "What the contract of an uplink says.", ("link", "direction")
)
OPD_UPLINK = Metric(f"{PREFIX}opd_uplink_info", "gauge", "Always 1; names the uplink an OPD uses.", ("opd", "link"))
_SPOT = ("link", "opd", "name")
LATITUDE = Metric(
    f"{PREFIX}place_latitude_degrees",
    "gauge",
    "Degrees north of the device or OPD behind the link ('': where the watch stands), if the city file says them.",
    _SPOT,
)
LONGITUDE = Metric(f"{PREFIX}place_longitude_degrees", "gauge", "Degrees east of the same.", _SPOT)

CATALOGUE = (
    OUTAGE,
    OPDS_CUT_OFF,
    STARTED,
    INTERRUPTIONS,
    REACHABLE,
    DEVICE_CUT_OFF,
    ROUND_TRIP,
    LOST,
    FLAPS,
    LOSS,
    QUANTILE,
    JITTER,
    TRIPS,
    DEGRADED,
    LINK_LOSS,
    DELAY,
    LARGE_LOST,
    ROUND,
    LATE,
    ISOLATED,
    JOURNAL_FAILURES,
    SEND_FAILURES,
    TRAPS,
    TRAPS_REFUSED,
    TRAP_LAST,
    TRAP_POLLS,
    BRANCH,
    PARENT,
    CAPACITY,
    OPD_UPLINK,
    *NAME_METRICS,
    LATITUDE,
    LONGITUDE,
    DISK_FREE,
    DISK_USED,
    *JOB_METRICS,
    *RELOAD_METRICS,
)
