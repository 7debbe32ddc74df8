"""The metrics of the watch. A metric that is not here does not exist."""

from exporter.job_metrics import JOB_METRICS
from exporter.metrics import PREFIX, Metric

_PLACE = ("link", "opd")

OUTAGE = Metric(f"{PREFIX}outage", "gauge", "1 while the outage of this root cause lasts.", ("root", "kind"))
OPDS_CUT_OFF = Metric(f"{PREFIX}outage_offices_cut_off", "gauge", "OPDs the outage cuts off.", ("root",))
STARTED = Metric(f"{PREFIX}outage_start_timestamp_seconds", "gauge", "When the outage began.", ("root",))
REACHABLE = Metric(f"{PREFIX}reachable", "gauge", "1 when the node behind the link answered in the last round.", _PLACE)
ROUND_TRIP = Metric(f"{PREFIX}round_trip_seconds", "gauge", "Echo time in the last round that was answered.", _PLACE)
LOST = Metric(f"{PREFIX}probe_lost_total", "counter", "Rounds in which the node did not answer.", _PLACE)
FLAPS = Metric(f"{PREFIX}link_flaps_total", "counter", "Losses that came back before they were an outage.", ("link",))
ROUND = Metric(f"{PREFIX}watch_round_timestamp_seconds", "gauge", "When the last round was judged.")
LATE = Metric(f"{PREFIX}watch_rounds_late_total", "counter", "Rounds that began more than half an interval late.")
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
CAPACITY = Metric(
    f"{PREFIX}uplink_capacity_bytes_per_second", "gauge", "What the contract of an uplink says.", ("link", "direction")
)
OPD_UPLINK = Metric(f"{PREFIX}opd_uplink_info", "gauge", "Always 1; names the uplink an OPD uses.", ("opd", "link"))

CATALOGUE = (
    OUTAGE,
    OPDS_CUT_OFF,
    STARTED,
    REACHABLE,
    ROUND_TRIP,
    LOST,
    FLAPS,
    ROUND,
    LATE,
    JOURNAL_FAILURES,
    SEND_FAILURES,
    TRAPS,
    TRAPS_REFUSED,
    TRAP_LAST,
    TRAP_POLLS,
    BRANCH,
    CAPACITY,
    OPD_UPLINK,
    *JOB_METRICS,
)
