"""Runbooks are pages of the tracker: docs/runbooks the one source, each with commands to type, for who sees cases."""

import json
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from tracker_site import NOW, Site
from tree import ROOT

from alert_rules import rule_files
from dashboards import contract
from dashboards.alert_titles import TITLES
from docs import generate
from request_tracker.outages.outage_reports import AlertDelivery
from request_tracker.outages.tickets import deliver
from request_tracker.people.roles import ACTS
from request_tracker.web.network import runbooks

SOURCE = ROOT / "docs" / "runbooks"
ALERTS = sorted({name for p in rule_files() for name in re.findall(r"- alert: (\w+)", p.read_text(encoding="utf-8"))})


def block(name: str) -> str:
    """What is to be typed, of one runbook."""
    return "\n".join(re.findall(r"```sh\n(.*?)```", (SOURCE / f"{name}.md").read_text(encoding="utf-8"), re.DOTALL))


def queries() -> list[str]:
    return [query for name in ALERTS for query in re.findall(r"promtool query instant \S+ '(.+)'", block(name))]


def test_every_alert_has_its_page_with_the_words_and_commands_of_the_file(site: Site) -> None:
    site.enter("technician")
    assert list(runbooks.names()) == ALERTS
    for name in ALERTS:
        page = site.get(f"/runbooks/{name}")
        assert f"<h1>{TITLES[name][0]}</h1>" in page and f"<code>{name}</code>" in page
        assert "<h2>Perbaiki</h2>" in page
        assert '<pre tabindex="0"><code class="language-sh">' in page, f"{name} says nothing to type"


def test_an_auditor_reads_what_an_alert_means_and_is_shown_nothing_to_type(site: Site) -> None:
    """Who looks types nothing: neither a block of commands nor one in a sentence (issue 17, section 7)."""
    site.enter("auditor")
    typed = {line.split()[0] for name in ALERTS for line in block(name).splitlines() if re.match(r"[a-z-]+ ", line)}
    # Some are words of sentences too: of a command these have an option, or the office's own command after them.
    words = "|".join(sorted(typed - {"ping", "last", "ip", "lebarpita"}, key=len, reverse=True))
    command = re.compile(rf"(?<![\w-])(?:(?:{words}) +[\w-]|(?:ping|last|ip) +-|lebarpita as )")
    assert command.search("lebarpita-exporter poll NAMA") and command.search("ping -c 20")
    for name in ("", *(f"/{name}" for name in ALERTS)):
        page = site.get(f"/runbooks{name}").partition("<main")[2]
        assert "<pre" not in page and (found := command.search(page)) is None, (name, found)
        assert not name or ("<h2>Arti</h2>" in page and "tampil bagi yang mengerjakannya" in page)


def test_the_list_says_what_each_alert_means_and_leads_to_its_page(site: Site) -> None:
    site.enter("technician")
    page = site.get("/runbooks")
    assert all(f'href="/runbooks/{name}"' in page for name in ALERTS)
    assert "Perangkat tidak menjawab SNMP lebih dari 1 menit." in page
    # By what people call it, also in the order to look in; the name for programs stands on the alert's own page.
    assert all(f'<strong lang="id">{TITLES[name][0]}</strong>' in page for name in ALERTS)
    assert re.findall(r">[^<]*Lebarpita\w+", page) == []
    assert "Urutan memeriksa bila banyak yang menyala" in page


@pytest.mark.parametrize("role", sorted(ACTS["see_cases"].roles))
def test_whoever_sees_cases_reads_them(site: Site, role: str) -> None:
    site.enter(role)
    assert "Sebuah cabang jaringan" in site.get("/runbooks/LebarpitaOutage")


def test_a_stranger_is_asked_to_log_in_and_comes_back_to_the_page(site: Site) -> None:
    answer = site.client.get("/runbooks/LebarpitaOutage")
    assert answer.status_code == 302 and "runbooks" in answer.headers["Location"]


@pytest.mark.parametrize("name", ["README", "LebarpitaNothing", "..%2F..%2Fpyproject", "LebarpitaOutage.md"])
def test_what_is_no_alert_is_no_page(site: Site, name: str) -> None:
    site.enter("technician")
    assert site.client.get(f"/runbooks/{name}").status_code == 404


def test_a_page_s_links_lead_to_pages_of_the_tracker_or_are_words(site: Site) -> None:
    site.enter("technician")
    texts = [site.get(f"/runbooks/{name}").partition("<article")[2].partition("</article>")[0] for name in ALERTS]
    targets = {target for text in texts for target in re.findall(r'href="([^"]+)"', text)}
    assert targets and targets <= {f"/runbooks/{name}" for name in ALERTS}


def test_a_page_says_where_its_alert_fires_now(site: Site) -> None:
    site.enter("technician")
    assert "Sedang menyala" not in site.get("/runbooks/LebarpitaFlowLoss")
    fire(site, NOW)
    page = site.get("/runbooks/LebarpitaFlowLoss")
    assert "Sedang menyala" in page and "0,2 % hilang" in page
    assert 'href="/runbooks/LebarpitaFlowLoss"' in site.get("/gangguan")


def fire(site: Site, now: datetime) -> None:
    alert = AlertDelivery(
        fingerprint="0123456789abcdef",
        status="firing",
        labels={"alertname": "LebarpitaFlowLoss", "severity": "warning"},
        annotations={"summary": "0,2 % hilang"},
        starts_at=now.isoformat(),
        started_at=now.timestamp(),
        ended_at=None,
    )
    deliver(site.desk, [alert], now)


def test_every_query_to_type_reads_metrics_that_exist_and_is_one_that_prometheus_reads(tmp_path: Path) -> None:
    recorded = {str(rule["record"]) for rule in generate.recorded()}
    declared = {entry.name for entry in generate.catalogue()} | recorded
    assert sorted({name for query in queries() for name in contract.metric_names(query)} - declared) == []
    rules = [{"record": f"runbook:query:{number}", "expr": query} for number, query in enumerate(queries())]
    (tmp_path / "rules.yml").write_text(json.dumps({"groups": [{"name": "typed", "rules": rules}]}), encoding="utf-8")
    done = subprocess.run(["promtool", "check", "rules", tmp_path / "rules.yml"], capture_output=True, text=True)
    assert len(rules) > 30 and done.returncode == 0, done.stderr


def test_the_installed_package_has_the_very_same_files(tmp_path: Path) -> None:
    assert runbooks.FOLDER.resolve() == SOURCE
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as opened:
        for name in (*ALERTS, runbooks.INDEX):
            assert opened.read(f"request_tracker/runbooks/{name}.md") == (SOURCE / f"{name}.md").read_bytes()
    assert "COPY docs/runbooks docs/runbooks" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
