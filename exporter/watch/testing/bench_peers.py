"""The named peers of the benchmark: a Prometheus that asks the same lines through blackbox_exporter, and Alertmanager.

Configurations in, running children out. Every child ends with its block. What is not installed is left out and said.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from runtime.children import end

PROMETHEUS, ALERTMANAGER, BLACKBOX = "prometheus", "prometheus-alertmanager", "prometheus-blackbox-exporter"
PROMETHEUS_PORT, ALERTMANAGER_PORT, BLACKBOX_PORT, SINK_PORT = 9090, 9093, 9115, 9099
# What operators run (the design's table: "usual"): a scrape every 15 s and no `for`, the quickest that pages no flap.
SCRAPE = "15s"


@contextmanager
def program(folder: Path, command: Sequence[str]) -> "Iterator[subprocess.Popen[bytes]]":
    """A child as long as the block, what it says in a file of its own."""
    with (folder / f"{Path(command[0]).name}.log").open("wb") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        try:
            yield child
        finally:
            end(child)


@contextmanager
def alertmanager(folder: Path) -> Iterator[None]:
    """Alertmanager as we ship its outage route: at once, by webhook to the benchmark."""
    route = {"receiver": "sink", "group_by": ["alertname", "root"], "group_wait": "0s", "group_interval": "1s"}
    hook = {"url": f"http://127.0.0.1:{SINK_PORT}/", "send_resolved": False}
    config = {"route": route, "receivers": [{"name": "sink", "webhook_configs": [hook]}]}
    (folder / "alertmanager.yml").write_text(json.dumps(config))
    command = [ALERTMANAGER, "--config.file=alertmanager.yml", f"--storage.path={folder / 'am'}"]
    command += [f"--web.listen-address=127.0.0.1:{ALERTMANAGER_PORT}", "--cluster.listen-address="]
    with program(folder, command):
        yield


def missing() -> list[str]:
    """Peers that are not installed."""
    return [name for name in (PROMETHEUS, BLACKBOX) if not shutil.which(name)]


@contextmanager
def stock(folder: Path, addresses: Sequence[str]) -> "Iterator[list[subprocess.Popen[bytes]]]":
    """blackbox_exporter and Prometheus with one rule, as their manuals say; both processes."""
    module = {"modules": {"icmp": {"prober": "icmp", "timeout": "2s", "icmp": {"preferred_ip_protocol": "ip4"}}}}
    rule = {"alert": "StockDown", "expr": "probe_success == 0", "labels": {"root": "{{ $labels.instance }}"}}
    (folder / "blackbox.yml").write_text(json.dumps(module))
    (folder / "rules.yml").write_text(json.dumps({"groups": [{"name": "stock", "rules": [rule]}]}))
    (folder / "prometheus.yml").write_text(json.dumps(_prometheus(addresses)))
    blackbox = [BLACKBOX, "--config.file=blackbox.yml", f"--web.listen-address=127.0.0.1:{BLACKBOX_PORT}"]
    command = [PROMETHEUS, "--config.file=prometheus.yml", f"--storage.tsdb.path={folder / 'tsdb'}"]
    command += [f"--web.listen-address=127.0.0.1:{PROMETHEUS_PORT}"]
    with program(folder, blackbox) as asking, program(folder, command) as deciding:
        yield [asking, deciding]


def _prometheus(addresses: Sequence[str]) -> dict[str, object]:
    relabel = [
        {"source_labels": ["__address__"], "target_label": "__param_target"},
        {"source_labels": ["__param_target"], "target_label": "instance"},
        {"target_label": "__address__", "replacement": f"127.0.0.1:{BLACKBOX_PORT}"},
    ]
    job = {
        "job_name": "ping",
        "metrics_path": "/probe",
        "params": {"module": ["icmp"]},
        "static_configs": [{"targets": list(addresses)}],
        "relabel_configs": relabel,
    }
    return {
        "global": {"scrape_interval": SCRAPE, "evaluation_interval": SCRAPE},
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{ALERTMANAGER_PORT}"]}]}]},
        "scrape_configs": [job],
    }
