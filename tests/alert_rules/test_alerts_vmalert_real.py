"""Debian's VictoriaMetrics and vmalert with the built rules: an outage is one alert, whoever tells it."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alertmanager_real import alertmanager, listed, send
from children import child, until
from ports import free_port
from tree import EXAMPLE_CITY
from victoria_real import feed, victoria

from alert_rules.building import build
from alert_rules.office import OfficeAlerts
from exporter.watch.outages import Outage, alert

SERIES = """
lebarpita_outage{root="agg-timur",kind="link"} 1
lebarpita_outage_offices_cut_off{root="agg-timur",kind="link"} 3
lebarpita_link_info{link="agg-timur",name="Serat Timur"} 1
"""


def office(folder: Path, alertmanager_address: str) -> OfficeAlerts:
    (folder / "webhook").write_text("s" * 32)
    return OfficeAlerts.model_validate(
        {
            "tracker": "https://lebarpita.kota.test",
            "inventory": str(EXAMPLE_CITY),
            "addresses": {"alertmanager": alertmanager_address, "tracker": f"127.0.0.1:{free_port()}"},
            "secrets": {"webhook": str(folder / "webhook")},
        }
    )


@contextmanager
def outage_told(folder: Path) -> Iterator[str]:
    """The database, fed with an outage; its address."""
    with victoria(folder) as url:
        feed(url, f"{SERIES}lebarpita_watch_round_timestamp_seconds {time.time():.0f}\n")
        yield url


def vmalert(folder: Path, database: str, *notifier: str) -> list[str]:
    command = ["vmalert", f"-rule={folder / 'rules' / '*.yml'}", f"-datasource.url={database}"]
    command += [f"-remoteWrite.url={database}", f"-remoteRead.url={database}", "-evaluationInterval=1s"]
    return [*command, f"-httpListenAddr=127.0.0.1:{free_port()}", "-remoteWrite.flushInterval=200ms", *notifier]


def outages(url: str) -> list[dict[str, str]]:
    rows = [row["labels"] for row in listed(url) if row["labels"]["alertname"] == "LebarpitaOutage"]
    return sorted(rows, key=len)


def test_vmalert_accepts_every_rule_and_whom_it_tells(tmp_path: Path) -> None:
    build(office(tmp_path, "127.0.0.1:9093"), tmp_path)
    command = vmalert(tmp_path, "http://127.0.0.1:1", f"-notifier.config={tmp_path / 'vmalert-notifier.yml'}")
    done = subprocess.run([*command, "-dryRun"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_outage_by_vmalert_is_the_watch_s_own_alert_and_not_a_second_one(tmp_path: Path) -> None:
    port = free_port()
    build(office(tmp_path, f"127.0.0.1:{port}"), tmp_path)
    notifier = f"-notifier.config={tmp_path / 'vmalert-notifier.yml'}"
    with (
        alertmanager(tmp_path / "alertmanager.yml", tmp_path, port) as url,
        outage_told(tmp_path) as database,
        (tmp_path / "vmalert.log").open("w") as log,
        child(vmalert(tmp_path, database, notifier), stdout=log, stderr=log),
    ):
        until(lambda: bool(outages(url)), "vmalert has told Alertmanager")
        by_rule = outages(url)
        (words,) = (r["annotations"]["summary"] for r in listed(url) if r["labels"]["alertname"] == "LebarpitaOutage")
        now = time.time()
        outage = Outage("agg-timur", "link", now, ("a", "b", "c"), "link_down")
        send(url, [alert(outage, now, "https://lebarpita.kota.test/runbooks")])
        until(lambda: any("outage" in row["annotations"] for row in listed(url)), "the watch has told it too")
        by_both = outages(url)
    assert len(by_rule) == 1 and by_both == by_rule
    assert words == "Serat Timur terputus, 3 OPD terdampak"
    assert set(by_rule[0]) == {"alertname", "root", "kind", "severity", "sop"}
