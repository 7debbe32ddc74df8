"""What an office decides by and keeps outside the database: its settings and its letter templates; changes recorded.

The files are nobody's statement, so no trigger sees them: they are looked at when the tracker starts and each minute
after, and what differs from the rights journal's last word is written there. A change undone within the minute is not
seen; the papers that were made meanwhile are kept as they are by their hash.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from request_tracker.config import TrackerConfig
from request_tracker.store.chain import canonical
from request_tracker.store.database import Store
from request_tracker.store.rights_journal import RightsAct, record

CONFIGURATION, TEMPLATE = "configuration_changed", "template_changed"
_SUBJECT = "file:tracker.yaml"


def record_office_files(store: Store, config: TrackerConfig) -> list[str]:
    """Write down what has changed since the last look; the subjects that have."""
    acts = [*_settings_act(store, config), *_template_acts(store, config)]
    if acts:
        with store.transaction() as db:
            for act in acts:
                record(db, act)
    return [act.subject for act in acts]


def settings_of(config: TrackerConfig) -> dict[str, Any]:
    """Every setting by its dotted name; secrets are references and stand here as such."""
    return dict(_flat(config.model_dump(mode="json"), ""))


def _flat(part: Mapping[str, Any], before: str) -> list[tuple[str, Any]]:
    """A mapping's leaves; an empty mapping is a leaf too, or emptying one would be no change."""
    leaves: list[tuple[str, Any]] = []
    for key, value in part.items():
        nested = isinstance(value, Mapping) and bool(value)
        leaves += _flat(value, f"{before}{key}.") if nested else [(f"{before}{key}", value)]
    return leaves


def _settings_act(store: Store, config: TrackerConfig) -> list[RightsAct]:
    """The settings that differ from those recorded last: new values by name, and names that are gone."""
    before: dict[str, Any] = {}
    for data in _recorded(store, CONFIGURATION, _SUBJECT):
        before = {key: value for key, value in (before | data["set"]).items() if key not in data["gone"]}
    # Through text and back, as the journal keeps them.
    now = json.loads(canonical(settings_of(config)))
    changed = {key: value for key, value in now.items() if key not in before or before[key] != value}
    gone = sorted(before.keys() - now.keys())
    return [RightsAct(CONFIGURATION, _SUBJECT, {"set": changed, "gone": gone})] if changed or gone else []


def _template_acts(store: Store, config: TrackerConfig) -> list[RightsAct]:
    acts = []
    now = _templates(config)
    before = _last_sums(store)
    for name in sorted(now.keys() | before.keys()):
        if now.get(name) != before.get(name):
            acts.append(RightsAct(TEMPLATE, f"template:{name}", {"sha256": now.get(name)}))
    return acts


def _templates(config: TrackerConfig) -> dict[str, str]:
    folder = config.templates
    if folder is None or not folder.is_dir():
        return {}
    files = (path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _last_sums(store: Store) -> dict[str, str]:
    """The recorded sum of each template that is still there by the journal."""
    sql = "SELECT subject, data FROM rights_journal WHERE kind = ? ORDER BY seq"
    last = {row["subject"].partition(":")[2]: json.loads(row["data"])["sha256"] for row in store.rows(sql, [TEMPLATE])}
    return {name: sum_ for name, sum_ in last.items() if sum_ is not None}


def _recorded(store: Store, kind: str, subject: str) -> list[dict[str, Any]]:
    sql = "SELECT data FROM rights_journal WHERE kind = ? AND subject = ? ORDER BY seq"
    return [json.loads(row["data"]) for row in store.rows(sql, [kind, subject])]
