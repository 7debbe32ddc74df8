"""The rules that turn metrics into alerts: YAML for Prometheus and Alertmanager in, nothing computed here.

This module only says where the files are. What an office runs is built of them (``building``).
"""

from pathlib import Path

ROOM = Path(__file__).parent
# The directory of the rule files; ``rules/*.yml`` is what Prometheus loads.
RULES = ROOM / "rules"

# What stands in the shipped files where an office's own addresses belong. RFC 2606 keeps ``.invalid`` from ever
# leading anywhere; ``building`` lets none of it through.
RUNBOOKS_PLACE = "https://lebarpita.invalid/runbooks"
DASHBOARDS_PLACE = "https://grafana.lebarpita.invalid"


class AlertsError(Exception):
    """The office's alerts cannot be built; the sentence says what to change."""


def rule_files() -> tuple[Path, ...]:
    """Every rule file, in the order of its name."""
    return tuple(sorted(RULES.glob("*.yml")))
