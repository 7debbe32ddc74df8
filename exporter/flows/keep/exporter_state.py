"""What the exporters sent of themselves, over a restart: templates, sampling rates, totals of flows that run.

One file, written whole and renamed. One that cannot be read is set aside under another name with a clear line; nothing
is deleted. The counters are written by ``counter_files``, much more often.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exporter.flows.account.beginnings import StreamHead
from exporter.flows.account.collector import Collector
from exporter.flows.account.connection_counters import as_counts
from exporter.flows.account.domains import ObservationDomain
from exporter.flows.account.exporters import FlowExporter
from exporter.flows.account.odd_amounts import BOTH_WAYS_RECORDS
from exporter.flows.account.sampling import SamplingRate
from exporter.flows.decode.templates import FieldSpec, FlowTemplate, TemplateKey, make_template
from exporter.flows.keep.exporter_texts import ExporterTexts, with_parts
from runtime.files import set_aside, write_whole

# Raised when what the file holds changes its shape; a file of another number is set aside, not guessed at.
FORMAT = 3


def write(body: bytes, path: Path) -> None:
    """Write the state, whole and safe from a power cut. Raises OSError; the file of before then still stands."""
    write_whole(path, body)


def load(collector: Collector, path: Path) -> int:
    """Go on with what the last run had. Returns the number of the counters it belongs to; 0 where there is none."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        # Raised here, so that it is set aside like any file that cannot be read.
        if body["format"] != FORMAT:
            raise ValueError(f"format {body['format']} is not {FORMAT}")
        # All are read before any is taken: a file that is good up to its middle must not be half in force.
        exporters = {source: _exporter_from(source, row) for source, row in body["exporters"].items()}
        # Files of earlier versions have heads with their domains alone.
        for source, stamp, sequence, *name in body.get("heads", ()):
            exporters[source].domains[tuple(map(int, name))].head = StreamHead(int(stamp), int(sequence))
        number = int(body["counters"])
    except FileNotFoundError:
        return 0
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        set_aside(path, error)
        return 0
    for source, exporter in exporters.items():
        if collector.allowed is None or source in collector.allowed:
            exporter.settings = collector.allowed[source] if collector.allowed is not None else exporter.settings
            exporter.pending.used = collector.pending_bytes
            if exporter.settings.out_bytes is None:
                exporter.find_both_ways(0)
            collector.exporters[source] = exporter
    return number


def exporter_texts() -> ExporterTexts:
    """The exporters' part of the file. Where their streams stand changes with every datagram and is written apart."""
    return ExporterTexts(_exporter, lambda exporters: [exporter.changes for exporter in exporters])


def state_bytes(collector: Collector, counters: int, texts: ExporterTexts | None = None) -> bytes:
    """The file's bytes; ``counters``: the number of the counters of this very moment; ``texts``: those of before."""
    body = {"format": FORMAT, "counters": counters, "heads": _heads(collector.exporters)}
    return with_parts(body, exporters=(texts or exporter_texts()).of(collector.exporters))


def _heads(exporters: Mapping[str, FlowExporter]) -> list[tuple[Any, ...]]:
    """Address, stamp, sequence number and name of each stream that has a head."""
    return [
        (source, *domain.head[:2], *name)
        for source, exporter in exporters.items()
        for name, domain in exporter.domains.items()
        if domain.head is not None
    ]


def _exporter(exporter: FlowExporter) -> dict[str, Any]:
    return {
        "flow_totals": [[key.hex(), *counts] for key, counts in exporter.total_counters.last.items()],
        "connections": [[key.hex(), *counts] for key, counts in exporter.connections.updates.items()],
        "out_bytes": exporter.settings.out_bytes if exporter.both_ways > 0 else None,
        "domains": [_domain(domain) for domain in exporter.domains.values()],
    }


def _domain(domain: ObservationDomain) -> dict[str, Any]:
    return {
        "name": [domain.version, domain.number],
        "own_port": domain.own_port,
        "ports": sorted(domain.ports),
        "inherits": domain.inherits,
        "head": domain.head and domain.head[:2],
        "template_ports": [[number, port] for number, port in domain.template_ports.items()],
        "former": [_template(template) for template in domain.former.values()],
        "samplers": [[sampler, *rate] for sampler, rate in domain.own.items()],
        "shared": list(domain.shared),
        "aliases": [[name, *numbers] for name, numbers in domain.aliases.items()],
        "chains": [[name, *selectors] for name, selectors in domain.chains.items()],
        "rateless": sorted(domain.rateless),
        "templates": [_template(template) for template in domain.templates.values()],
    }


def _template(template: FlowTemplate) -> list[Any]:
    return [template.key.id, [list(spec) for spec in template.fields], template.scope, template.options]


def _exporter_from(source: str, row: dict[str, Any]) -> FlowExporter:
    exporter = FlowExporter(source)
    flows = ((bytes.fromhex(key), tuple(map(int, counts))) for key, *counts in row["flow_totals"])
    exporter.total_counters.last.update(flows)
    # Files of earlier versions have neither of these, or no sums of both ways of a connection.
    sums = ((bytes.fromhex(key), as_counts(map(int, counts))) for key, *counts in row.get("connections", ()))
    exporter.connections.updates.update(sums)
    exporter.both_ways = BOTH_WAYS_RECORDS if row.get("out_bytes") == "reverse" else 0
    for domain_row in row["domains"]:
        domain = _domain_from(source, domain_row)
        name = (domain.version, domain.number, domain.own_port)
        exporter.domains[name if domain.own_port else name[:2]] = domain
        if domain.own_port:
            exporter.sockets |= {(*name[:2], port): domain for port in domain.ports}
    for domain in exporter.domains.values():
        exporter.share(domain, domain.shared)
    return exporter


def _domain_from(source: str, row: dict[str, Any]) -> ObservationDomain:
    version, number = map(int, row["name"])
    domain = ObservationDomain(version, number)
    domain.add_rates(
        {int(name): SamplingRate(int(packets), int(sampled)) for name, packets, sampled in row["samplers"]}
    )
    # Files of earlier versions have none of these four.
    domain.shared = {int(name): domain.own[int(name)] for name in row.get("shared", ())}
    domain.aliases = {int(name): frozenset(map(int, numbers)) for name, *numbers in row.get("aliases", ())}
    domain.learn_chains({int(name): tuple(map(int, selectors)) for name, *selectors in row.get("chains", ())})
    domain.give_up(frozenset(map(int, row.get("rateless", ()))))
    # Nor any of these.
    domain.own_port, domain.inherits = int(row.get("own_port", 0)), bool(row.get("inherits"))
    domain.ports = {int(port) for port in row.get("ports", ())}
    domain.head = StreamHead(*map(int, row["head"])) if row.get("head") else None
    domain.template_ports = {int(identity): int(port) for identity, port in row.get("template_ports", ())}
    for templates, rows in ((domain.former, row.get("former", ())), (domain.templates, row["templates"])):
        for identity, fields, scope, options in rows:
            key = TemplateKey(source, version, number, identity)
            templates[identity] = make_template(key, [FieldSpec(*spec) for spec in fields], scope, options)
    return domain
