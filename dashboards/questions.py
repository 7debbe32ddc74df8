"""The questions that several boards ask, as PromQL: what is known now, names instead of codes, tickets, ages.

A count of what ought to be none is 0 only while the part that would know is alive; otherwise it is nothing at all.
"""

from collections.abc import Mapping

# The watch decides twice a second and is scraped every five seconds: after fifteen it is silent (LebarpitaWatchSilent).
WATCH = "(time() - max(lebarpita_watch_round_timestamp_seconds) <= 15 unless on () max(lebarpita_watch_isolated) == 1)"
SNMP = "count(lebarpita_snmp_up)"
TRACKER = "max(lebarpita_ledger_revision)"
FLOWS = "sum(lebarpita_flow_bytes_total)"
SHAPING = "max(lebarpita_shaping_revision)"
# Age of the last whole reading of any device. timestamp() of the sample itself: of a comparison it is the question's.
SNMP_AGE = (
    "time() - max(max_over_time((timestamp(lebarpita_snmp_up)"
    " and on (device) max by (device) (lebarpita_snmp_up) == 1)[30m:15s]))"
)
WATCH_AGE = "time() - max(max_over_time(lebarpita_watch_round_timestamp_seconds[30m]))"
# A name that was changed has two series for five minutes; of them one is taken.
NAMES = "bottomk by (opd) (1, max by (opd, name) (lebarpita_opd_info))"
# While the watch is dead, a line is called by the OPD at its end.
LINK_NAMES = (
    "bottomk by (link) (1, max by (link, name) (lebarpita_link_info)"
    ' or on (link) max by (link, name) (lebarpita_opd_info{link!=""}))'
)
STEP_NAMES = "bottomk by (step) (1, max by (step, name) (lebarpita_sop_step_info))"
EXPORTER_NAMES = "bottomk by (exporter) (1, max by (exporter, name) (lebarpita_flow_exporter_info))"
DEVICE_NAMES = "bottomk by (device) (1, max by (device, name) (lebarpita_device_info))"
# Offices are counted by their own silence: outages lie inside each other, and their sums count an office twice.
# The uplink whose flows are furthest from balance: the lowest alone would hide one that is counted twice.
COVERAGE = (
    "min(uplink:flow_coverage:ratio < 0.93) or max(uplink:flow_coverage:ratio > 1.03)"
    " or min(uplink:flow_coverage:ratio)"
)
CUT_OFF = 'max by (opd) (lebarpita_reachable{opd!=""}) == 0'
# Whoever is cut off has no rate: a nought in green would say that all is well.
OPD_LOAD = f"(max by (opd) (opd:utilisation:ratio) unless on (opd) ({CUT_OFF}))"
LINK_LOAD = (
    '(max by (link) (link:utilisation:ratio) unless on (link) (max by (link) (lebarpita_reachable{link!=""}) == 0))'
)
OUTAGES = "max by (root) (lebarpita_outage) == 1"
_TICKETS = "bottomk by (root) (1, max by (root, ticket, state) (lebarpita_outage_ticket_info))"

DIRECTIONS = {"receive": "unduh", "transmit": "unggah"}
TO_OPD = ("Buka OPD", "/d/lebarpita-opd?var-opd=${__field.labels.opd}&${__url_time_range}")
TO_LINK = ("Buka tautan", "/d/lebarpita-link?var-link=${__field.labels.link}&${__url_time_range}")
ROW_TO_OPD = ("Buka OPD", '/d/lebarpita-opd?var-opd=${__data.fields["opd"]}&${__url_time_range}')
ROW_TO_LINK = ("Buka tautan", '/d/lebarpita-link?var-link=${__data.fields["link"]}&${__url_time_range}')
ROW_TO_ROOT = ("Buka tautan", '/d/lebarpita-link?var-link=${__data.fields["root"]}&${__url_time_range}')
ROW_TO_TICKET = ("Buka tiket", '${tracker}/gangguan/${__data.fields["ticket"]}')
TO_RUNBOOK = ("Buka runbook", "${tracker}/runbooks/${__value.raw}")


def or_silence(expr: str) -> str:
    """The rows of a list, and one that says so while the watch is silent: an empty list would say that all is well."""
    return f'({expr}) or label_replace(absent({WATCH}) - 1, "name", "pemantau diam", "", "")'


def counted(expr: str, alive: str) -> str:
    """How many series there are; 0 while ``alive`` says that somebody looks, nothing while nobody does."""
    return f"((count({expr}) or 0 * ({alive})) and on () ({alive}))"


def summed(expr: str, alive: str) -> str:
    """The sum of the series, in the same way."""
    return f"((sum({expr}) or 0 * ({alive})) and on () ({alive}))"


def while_watched(expr: str, alive: str = WATCH) -> str:
    """The series while somebody looks."""
    return f"({expr}) and on () ({alive})"


def named(expr: str) -> str:
    """Series of OPDs with the label name: the OPD's own, or its code while the names are not there."""
    return _called(expr, "opd", NAMES)


def link_named(expr: str) -> str:
    """Series of links with the label name: the link's title, or its code while the names are not there."""
    return _called(expr, "link", LINK_NAMES)


def device_named(expr: str) -> str:
    """Series of devices with the label name, in the same way."""
    return _called(expr, "device", DEVICE_NAMES)


def exporter_named(expr: str) -> str:
    """Series of whoever sends flows with the label name, in the same way."""
    return _called(expr, "exporter", EXPORTER_NAMES)


def step_named(expr: str) -> str:
    """Series of SOP steps with the label name, in the same way."""
    return _called(expr, "step", STEP_NAMES)


def root_named(expr: str) -> str:
    """Series of roots of outages with the label name, in the same way; a root is a link or a device."""
    links = f'label_replace({LINK_NAMES}, "root", "$1", "link", "(.+)")'
    devices = f'label_replace({DEVICE_NAMES}, "root", "$1", "device", "(.+)")'
    return _called(expr, "root", f"({links} or on (root) {devices})")


def _called(expr: str, label: str, names: str) -> str:
    return (
        f"(({expr}) * on ({label}) group_left (name) {names})"
        f' or label_replace(({expr}) unless on ({label}) {names}, "name", "$1", "{label}", "(.+)")'
    )


def ticketed(expr: str) -> str:
    """Series of roots with their ticket and its state, where there is one."""
    return f"(({expr}) * on (root) group_left (ticket, state) {_TICKETS}) or (({expr}) unless on (root) {_TICKETS})"


def judged(expr: str, share: str = "opd:measured_30d:ratio") -> str:
    """Series of OPDs of whose thirty days at least half were measured: a p95 of fewer says nothing.

    ``share``: the recording that says how much was. Half is what the tracker's ``evidence.least_measured_percent`` is
    unless an office sets it otherwise. The rule runs seldom, because thirty days are costly: last_over_time bridges the
    time between two of its points.
    """
    return f"{expr} and on (opd) min by (opd) (last_over_time({share}[2h])) >= 0.5"


def in_words(expr: str, label: str, texts: Mapping[str, str]) -> str:
    """Series whose label has words instead of codes, for legends."""
    for code, text in texts.items():
        expr = f'label_replace({expr}, "{label}", "{text}", "{label}", "{code}")'
    return expr


def directed(expr: str) -> str:
    """Series of both directions, called as people call them."""
    return in_words(expr, "direction", DIRECTIONS)


def longest(expr: str, rows: int) -> str:
    """The largest first, not more than so many."""
    return f"sort_desc(topk({rows}, {expr}))"


def lesser(first: str, second: str) -> str:
    """The lesser of two figures of the same series."""
    return f"(({first}) + ({second}) - abs(({first}) - ({second}))) / 2"


def greater(first: str, second: str) -> str:
    """The greater of two figures; nothing where either is missing: what is dead hides behind no other."""
    return f"(({first}) + ({second}) + abs(({first}) - ({second}))) / 2"


# Since when each root is cut, with its name, its kind, and its ticket with its state where there is one.
OUTAGE_AGES = or_silence(
    root_named(
        ticketed(
            "(time() - max by (root) (lebarpita_outage_start_timestamp_seconds)) * on (root) group_left (kind)"
            " bottomk by (root) (1, max by (root, kind) (lebarpita_outage))"
        )
    )
)
