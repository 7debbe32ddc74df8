"""The page on growing: its sharing out of devices, as it is written there, in a real Prometheus."""

import json
import re
from pathlib import Path
from urllib.request import urlopen

from alertmanager_real import answers
from children import child, until
from ports import free_port
from ruamel.yaml import YAML
from tree import ROOT

DEVICES = [f"perute-{number}" for number in range(24)]
WRITTEN = re.compile(r"```yaml\n(relabel_configs:\n.*?)```", re.DOTALL)


def shared_out(address: str) -> dict[str, str]:
    """Exporter by device, as Prometheus will scrape them."""
    with urlopen(f"http://{address}/api/v1/targets?state=active", timeout=30) as page:
        targets = json.load(page)["data"]["activeTargets"]
    return {target["labels"]["instance"]: target["scrapeUrl"].split("/")[2] for target in targets}


def test_devices_are_shared_out_as_the_page_says(tmp_path: Path) -> None:
    found = WRITTEN.search((ROOT / "docs" / "how-to" / "grow.md").read_text("utf-8"))
    assert found is not None
    job = {"job_name": "lebarpita-devices", "metrics_path": "/snmp", "static_configs": [{"targets": DEVICES}]}
    job |= YAML(typ="safe").load(found[1])
    # JSON is YAML: what Prometheus reads is the page's own text.
    (tmp_path / "prometheus.yml").write_text(json.dumps({"scrape_configs": [job]}))
    address = f"127.0.0.1:{free_port()}"
    command = ["prometheus", "--config.file=prometheus.yml", f"--web.listen-address={address}"]
    with (tmp_path / "log").open("w") as log, child(command, cwd=tmp_path, stdout=log, stderr=log):
        until(lambda: answers(f"http://{address}/-/ready"), "Prometheus answers")
        until(lambda: len(shared_out(address)) == len(DEVICES), "it knows its targets")
        shares = shared_out(address)
    assert set(shares) == set(DEVICES)
    each = [list(shares.values()).count(exporter) for exporter in ("exporter-a:9810", "exporter-b:9810")]
    assert sum(each) == len(DEVICES) and min(each) >= 6
