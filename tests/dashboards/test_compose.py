"""docker-compose.yml as a file: whole, consistent with the rooms' own configurations, and without a secret in it.

It is not run here: no Docker engine is at hand. What a file can show is checked; the rest is said in the how-to.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tree import EXAMPLE_CITY, ROOT

from alert_rules.building import build
from alert_rules.office import OfficeAlerts, read_office
from exporter.config import read_config as exporter_config
from exporter.config import read_config as read_exporter
from request_tracker.config import read_config as read_tracker
from request_tracker.config import read_config as tracker_config
from shaping.config import read_config as shaping_config


def read(path: str) -> Any:
    return YAML(typ="safe").load((ROOT / path).read_text(encoding="utf-8"))


COMPOSE = read("docker-compose.yml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("exporter", "watch", "flows", "tracker", "shaper")
# What does its work at each start and is over.
ENDING = ("alerts",)


def test_the_whole_office_is_there() -> None:
    assert set(SERVICES) == {*OURS, *ENDING, "prometheus", "alertmanager", "grafana"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_a_pinned_image_and_restarts(name: str) -> None:
    assert re.fullmatch(r"[a-z/]+:v?\d+\.\d+\.\d+", SERVICES[name]["image"])
    assert SERVICES[name]["restart"] == ("no" if name in ENDING else "unless-stopped")


@pytest.mark.parametrize("name", SERVICES)
def test_named_volumes_and_secrets_are_declared_and_mounted_files_exist(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        source = volume.rsplit(":/", 1)[0]
        if source.startswith("./"):
            assert (ROOT / source).exists(), source
        elif not source.startswith("${"):
            assert source in COMPOSE["volumes"], source
    assert set(SERVICES[name].get("secrets", [])) <= set(COMPOSE["secrets"])


@pytest.mark.parametrize("name", [*OURS, *ENDING])
def test_our_parts_have_no_right_they_do_not_need(name: str) -> None:
    rights = {"watch": ["NET_RAW"], "shaper": ["NET_ADMIN"]}
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert SERVICES[name].get("cap_add", []) == rights.get(name, [])
    assert SERVICES[name]["read_only"] is True


def test_pages_are_published_on_loopback_only() -> None:
    published = [
        port for service in SERVICES.values() for port in service.get("ports", []) if not port.endswith("/udp")
    ]
    assert published
    assert all(re.search(r":-127\.0\.0\.1:\d+\}:\d+$", port) for port in published)


def test_prometheus_scrapes_every_part_at_its_port_of_the_contract() -> None:
    jobs = read("alert_rules/prometheus.yml")["scrape_configs"]
    targets = {target for job in jobs for group in job.get("static_configs", []) for target in group["targets"]}
    assert {"exporter:9810", "watch:9811", "flows:9812", "tracker:9820", "shaper:9830"} <= targets


def test_the_shipped_configurations_are_accepted_by_their_rooms() -> None:
    exporter = read_exporter(ROOT / "deploy/compose/exporter.yaml")
    tracker = read_tracker(ROOT / "deploy/compose/tracker.yaml")
    assert exporter.snmp.listen.endswith(":9810")
    assert exporter.watch.listen.endswith(":9811")
    assert exporter.flows.listen.endswith(":9812")
    assert tracker.listen.endswith(":9820")


def test_alertmanager_uses_the_secret_file_that_compose_mounts() -> None:
    receivers = read("alert_rules/alertmanager.yml")["receivers"]
    files = {
        w["http_config"]["authorization"]["credentials_file"] for r in receivers for w in r.get("webhook_configs", ())
    }
    assert files == {"/run/secrets/webhook"}
    assert "webhook" in SERVICES["alertmanager"]["secrets"]
    assert "webhook" in SERVICES["tracker"]["secrets"]


def test_prometheus_reads_the_trackers_figures_with_the_token_that_compose_mounts() -> None:
    jobs = {job["job_name"]: job for job in read("alert_rules/prometheus.yml")["scrape_configs"]}
    assert jobs["lebarpita-tracker"]["authorization"]["credentials_file"] == "/run/secrets/metrics"
    assert "metrics" in SERVICES["prometheus"]["secrets"] and "metrics" in SERVICES["tracker"]["secrets"]


def test_prometheus_and_alertmanager_run_what_one_command_builds_for_the_office(tmp_path: Path) -> None:
    told = read_office(ROOT / "deploy/compose/alerts.yaml").model_dump(by_alias=True) | {"inventory": EXAMPLE_CITY}
    built = build(OfficeAlerts.model_validate(told), tmp_path)
    assert "alert_rules" in SERVICES["alerts"]["command"] and "/etc/alerts" in SERVICES["alerts"]["command"]
    for name in ("prometheus", "alertmanager"):
        assert f"--config.file=/etc/alerts/{name}.yml" in SERVICES[name]["command"]
        assert "alerts:/etc/alerts:ro" in SERVICES[name]["volumes"]
        assert SERVICES[name]["depends_on"] == {"alerts": {"condition": "service_completed_successfully"}}
        assert tmp_path / f"{name}.yml" in built


def test_grafana_reads_the_committed_boards_from_where_provisioning_looks() -> None:
    (provider,) = read("dashboards/provisioning/dashboards/lebarpita.yml")["providers"]
    mounts = dict(volume.removesuffix(":ro").rsplit(":", 1) for volume in SERVICES["grafana"]["volumes"])
    assert mounts["./dashboards/boards"] == provider["options"]["path"]


def test_no_secret_stands_in_the_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert not re.search(r"(?i)(password|token|secret)\s*[:=]\s*[\"']?[A-Za-z0-9]{8,}", text)


def test_every_configuration_that_compose_mounts_is_shipped_and_understood() -> None:
    place = Path("deploy/compose")
    assert exporter_config(place / "exporter.yaml").watch.snmp == "http://exporter:9810"
    assert tracker_config(place / "tracker.yaml").watch == "http://watch:9811"
    assert shaping_config(place / "shaping.yaml").uplink == "isp-utama"
