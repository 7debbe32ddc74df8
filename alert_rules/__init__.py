"""The rules that turn metrics into alerts: YAML for Prometheus and Alertmanager in, nothing computed here.

This module only says where the files are and fills in an office's own addresses. It never talks to a server.
"""

from pathlib import Path

ROOM = Path(__file__).parent
# The directory of the rule files; ``rules/*.yml`` is what Prometheus loads.
RULES = ROOM / "rules"

RUNBOOKS_PLACE = "https://lebarpita.invalid/runbooks"
DASHBOARDS_PLACE = "https://grafana.lebarpita.invalid"


def rule_files() -> tuple[Path, ...]:
    """Every rule file, in the order of its name."""
    return tuple(sorted(RULES.glob("*.yml")))


def install(directory: Path, runbooks: str = RUNBOOKS_PLACE, dashboards: str = DASHBOARDS_PLACE) -> tuple[Path, ...]:
    """Copy the rule files into ``directory`` with the office's own addresses of runbooks and Grafana; the copies."""
    directory.mkdir(parents=True, exist_ok=True)
    return tuple(_copy(source, directory / source.name, runbooks, dashboards) for source in rule_files())


def _copy(source: Path, target: Path, runbooks: str, dashboards: str) -> Path:
    text = source.read_text(encoding="utf-8")
    text = text.replace(RUNBOOKS_PLACE, runbooks.rstrip("/")).replace(DASHBOARDS_PLACE, dashboards.rstrip("/"))
    target.write_text(text, encoding="utf-8")
    return target
