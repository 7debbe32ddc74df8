"""Colours, units and the thresholds that several boards share. A colour means one thing on every board."""

# Distinct in lightness too, so that a wall photograph and a colour-blind operator can tell them apart.
GREEN, AMBER, RED, BLUE, PURPLE = "#2e8b57", "#c77700", "#c4162a", "#1f60c4", "#7b4fa3"
# Nobody knows: the part that would say so is silent. Never green.
GREY = "#6e7687"
# A cell of a row that has no such thing; hardly seen, for there is nothing to see.
EMPTY = "#2a2d34"
BITS, RATIO, SECONDS, COUNT, BYTES, MOMENT = "bps", "percentunit", "s", "short", "bytes", "time:D MMM YYYY"
RATE, CELSIUS, DBM, DECIBEL, WATT, AMPERE = "cps", "celsius", "dBm", "dB", "watt", "amp"

Steps = tuple[tuple[float | None, str], ...]
# Something that ought not to be: one is already wrong, and calls somebody.
NONE_IS_GOOD: Steps = ((None, GREEN), (1, RED))
# The same where one of it wants a look in the day's work, and five of it somebody now.
FEW_IS_A_WARNING: Steps = ((None, GREEN), (1, AMBER), (5, RED))
# A state of 1 or 0.
UP_OR_DOWN: Steps = ((None, RED), (1, GREEN))
# Red where the alert fires (alert_rules/rules/capacity.yml: utilisation above 0.9), amber while there is time to act.
UTILISATION_STEPS: Steps = ((None, GREEN), (0.8, AMBER), (0.9, RED))
# The same of what is promised: LebarpitaUplinkOvercommitted fires above 0.95.
COMMITTED_STEPS: Steps = ((None, GREEN), (0.85, AMBER), (0.95, RED))
# Flow bytes over interface bytes, layer 3 over layer 2: below 0.93 something is not counted
# (alert_rules/rules/measuring.yml), above 1.03 something is counted twice.
COVERAGE_STEPS: Steps = ((None, RED), (0.93, GREEN), (1.03, RED))
# Seconds until a ticket is acknowledged: the technician is called again after five minutes, the head of section after
# fifteen; one minute shows on the wall that somebody waits.
WAITING_STEPS: Steps = ((None, GREEN), (300, AMBER), (900, RED))
# Age of what is asked every 15 seconds: one scrape may fail, four in a row are a part that is gone.
AGE_STEPS: Steps = ((None, GREEN), (30, AMBER), (60, RED))
# Share of packets: a call stutters from one per cent (ITU-T G.1010), and a page stalls from five.
LOSS_STEPS: Steps = ((None, GREEN), (0.01, AMBER), (0.05, RED))
# Echo time inside one city: radio links stay below 50 ms; above 150 ms a call is hard (ITU-T G.114).
ECHO_STEPS: Steps = ((None, GREEN), (0.05, AMBER), (0.15, RED))
# Events a second of what ought to be none: one in ten seconds is a trace, one a second is the alert on link errors.
TRACE_STEPS: Steps = ((None, GREEN), (0.1, AMBER), (1, RED))
# Seconds of one SNMP reading: the stock time-out is 2 s, after which an agent is asked again.
READING_STEPS: Steps = ((None, GREEN), (1, AMBER), (2, RED))
# Packets a second that a port throws away: LebarpitaLinkDiscards fires above 10.
DISCARD_STEPS: Steps = ((None, GREEN), (1, AMBER), (10, RED))
# Share of the bytes that belong to nobody: LebarpitaFlowUnassigned fires above 0.02.
UNASSIGNED_STEPS: Steps = ((None, GREEN), (0.01, AMBER), (0.02, RED))
# Share of the flow records that never came: LebarpitaFlowLoss fires above 0.001.
RECORD_LOSS_STEPS: Steps = ((None, GREEN), (0.0005, AMBER), (0.001, RED))
# Decibels above the threshold below which a receiver fails (LebarpitaSignalLow): three are half the light.
MARGIN_STEPS: Steps = ((None, RED), (0, AMBER), (3, GREEN))
