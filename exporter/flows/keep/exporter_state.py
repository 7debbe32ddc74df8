"""What the exporters told of themselves, kept over a restart: templates, sampling rates, totals of flows that run.

One file, written whole and renamed. One that cannot be read is set aside under another name with a clear line; nothing
is deleted. The counters are kept by ``counters``, much more often.
"""

import json
import logging
import os
import time
from pathlib import Path
from typing import Any

from exporter.flows.account.collector import Collector
from exporter.flows.account.domains import Domain
from exporter.flows.account.exporters import Exporter
from exporter.flows.account.sampling import Rate
from exporter.flows.decode.templates import FieldSpec, Key, make_template

log = logging.getLogger(__name__)
FORMAT = 3


def write(body: dict[str, Any], path: Path) -> None:
    """Write what was told; atomic and fsynced. Raises OSError; the file of before then still stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(json.dumps(body))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def load(collector: Collector, path: Path) -> int:
    """Know what the last run knew. Tells the number of the counters it belongs to; 0 where nothing is known."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        if body["format"] != FORMAT:
            raise ValueError(f"format {body['format']} is not {FORMAT}")
        exporters = {source: _exporter_from(source, row) for source, row in body["exporters"].items()}
        number = int(body["counters"])
    except FileNotFoundError:
        return 0
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        aside = path.with_suffix(f".unreadable-{int(time.time())}")
        path.replace(aside)
        log.error("event=state_unreadable path=%s set_aside=%s reason=%r", path, aside, str(error))
        return 0
    for source, one in exporters.items():
        if collector.allowed is None or source in collector.allowed:
            one.habit = collector.allowed[source] if collector.allowed is not None else one.habit
            collector.exporters[source] = one
    return number


def told(collector: Collector, counters: int) -> dict[str, Any]:
    """What is written down, as the file has it; ``counters``: the number of the counters of this very moment."""
    return {
        "format": FORMAT,
        "counters": counters,
        "exporters": {source: _exporter(one) for source, one in collector.exporters.items()},
    }


def _exporter(one: Exporter) -> dict[str, Any]:
    return {
        "flow_totals": [[key.hex(), *counts] for key, counts in one.deltas.known.items()],
        "domains": [_domain(domain) for domain in one.domains.values()],
    }


def _domain(domain: Domain) -> dict[str, Any]:
    return {
        "name": [domain.version, domain.number],
        "samplers": [[sampler, *rate] for sampler, rate in domain.samplers.items()],
        "templates": [
            [t.key.id, [list(one) for one in t.fields], t.scope, t.options] for t in domain.templates.values()
        ],
    }


def _exporter_from(source: str, row: dict[str, Any]) -> Exporter:
    one = Exporter()
    one.deltas.known.update((bytes.fromhex(key), tuple(map(int, counts))) for key, *counts in row["flow_totals"])
    for told in row["domains"]:
        domain = _domain_from(source, told)
        one.domains[domain.version, domain.number] = domain
    return one


def _domain_from(source: str, told: dict[str, Any]) -> Domain:
    version, number = map(int, told["name"])
    domain = Domain(version, number)
    domain.samplers = {int(sampler): Rate(int(of), int(sampled)) for sampler, of, sampled in told["samplers"]}
    for identity, fields, scope, options in told["templates"]:
        key = Key(source, version, number, identity)
        domain.templates[identity] = make_template(key, [FieldSpec(*one) for one in fields], scope, options)
    return domain
