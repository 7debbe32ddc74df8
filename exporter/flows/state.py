"""What outlives a restart: counters, templates, sampling rates and sequences, in one file written whole and renamed.

A file that cannot be read is set aside under another name with a clear line; nothing is deleted.
"""

import json
import logging
import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from exporter.flows.collecting import Collector
from exporter.flows.counting import SCOPES
from exporter.flows.domains import Domain
from exporter.flows.exporters import Exporter
from exporter.flows.loss import Sequence
from exporter.flows.sampling import Rate
from exporter.flows.templates import FieldSpec, Key, make_template

log = logging.getLogger(__name__)
FORMAT = 2


def save(collector: Collector, path: Path) -> None:
    """Write everything down."""
    write(told(collector), path)


def write(body: dict[str, Any], path: Path) -> None:
    """Write what was told; atomic and fsynced. Raises OSError; the file of before then still stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(json.dumps(body))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def load(collector: Collector, path: Path) -> None:
    """Go on where the last run ended."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        if body["format"] != FORMAT:
            raise ValueError(f"format {body['format']} is not {FORMAT}")
        _restore(collector, body)
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        aside = path.with_suffix(f".unreadable-{int(time.time())}")
        path.replace(aside)
        log.error("event=state_unreadable path=%s set_aside=%s reason=%r", path, aside, str(error))


def told(collector: Collector) -> dict[str, Any]:
    """What is written down, as the file has it."""
    totals = collector.totals
    opds = {
        code: [totals.bytes[number].tolist(), totals.packets[number].tolist()]
        for number, code in enumerate(collector.owners.codes)
    }
    return {
        "format": FORMAT,
        "opds": opds,
        "unassigned": totals.unassigned,
        "events": totals.events,
        "through": [totals.through, totals.through_packets, totals.sampled, totals.sampled_packets],
        "aside": dict(totals.aside),
        "refused": dict(collector.refused),
        "exporters": {source: _exporter(one) for source, one in collector.exporters.items()},
    }


def _exporter(one: Exporter) -> dict[str, Any]:
    return {
        "counts": [one.records, one.datagrams, one.undecoded, one.malformed],
        "longest": one.longest_seconds,
        "flow_totals": [[key.hex(), *counts] for key, counts in one.deltas.known.items()],
        "domains": [_domain(domain) for domain in one.domains.values()],
    }


def _domain(domain: Domain) -> dict[str, Any]:
    stream = domain.sequence
    return {
        "name": [domain.version, domain.number],
        "sequence": [stream.expected, stream.lost, stream.restarts],
        "samplers": [[sampler, *rate] for sampler, rate in domain.samplers.items()],
        "templates": [
            [t.key.id, [list(one) for one in t.fields], t.scope, t.options] for t in domain.templates.values()
        ],
    }


def _restore(collector: Collector, body: dict[str, Any]) -> None:
    known = {code: number for number, code in enumerate(collector.owners.codes)}
    sizes = {code: (np.array(b, np.uint64), np.array(p, np.uint64)) for code, (b, p) in body["opds"].items()}
    if any(array.shape != (2, len(SCOPES)) for pair in sizes.values() for array in pair):
        raise ValueError("the counters have another shape")
    exporters = {source: _exporter_from(source, row) for source, row in body["exporters"].items()}
    for code, (size, packets) in sizes.items():
        if code in known:
            collector.totals.bytes[known[code]], collector.totals.packets[known[code]] = size, packets
    collector.totals.unassigned, collector.totals.events = int(body["unassigned"]), int(body["events"])
    through, through_packets, sampled, sampled_packets = map(int, body["through"])
    collector.totals.through, collector.totals.through_packets = through, through_packets
    collector.totals.sampled, collector.totals.sampled_packets = sampled, sampled_packets
    collector.totals.aside.update(body["aside"])
    collector.refused.update(body["refused"])
    for source, one in exporters.items():
        if collector.allowed is None or source in collector.allowed:
            one.habit = collector.allowed[source] if collector.allowed is not None else one.habit
            collector.exporters[source] = one


def _exporter_from(source: str, row: dict[str, Any]) -> Exporter:
    records, datagrams, undecoded, malformed = map(int, row["counts"])
    one = Exporter(records=records, datagrams=datagrams, malformed=malformed)
    one.shelf.thrown_away = undecoded
    one.longest_seconds = float(row["longest"])
    one.deltas.known.update((bytes.fromhex(key), tuple(map(int, counts))) for key, *counts in row["flow_totals"])
    for told in row["domains"]:
        domain = _domain_from(source, told)
        one.domains[domain.version, domain.number] = domain
    return one


def _domain_from(source: str, told: dict[str, Any]) -> Domain:
    version, number = map(int, told["name"])
    domain = Domain(version, number, Sequence(*told["sequence"]))
    domain.samplers = {int(sampler): Rate(int(of), int(sampled)) for sampler, of, sampled in told["samplers"]}
    for identity, fields, scope, options in told["templates"]:
        key = Key(source, version, number, identity)
        domain.templates[identity] = make_template(key, [FieldSpec(*one) for one in fields], scope, options)
    return domain
