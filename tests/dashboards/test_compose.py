"""docker-compose.yml as a file: whole, consistent with the rooms' own configurations, and without a secret in it.

It is run by ``make compose`` (docs/why/tried-installations.md), which takes minutes; here is what a file can show.
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
ENDING = ("prepare",)


def test_the_whole_office_is_there() -> None:
    assert set(SERVICES) == {*OURS, *ENDING, "prometheus", "alertmanager", "grafana"}


THEIRS = r"docker\.io/[a-z/]+:v?\d+\.\d+\.\d+@sha256:[0-9a-f]{64}"
PINNED = rf"\$\{{LEBARPITA_[A-Z]+_IMAGE:-({THEIRS}|localhost/lebarpita-(network|tracker):\d+\.\d+\.\d+)\}}"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_a_pinned_image_that_an_office_may_replace_and_restarts(name: str) -> None:
    assert re.fullmatch(PINNED, SERVICES[name]["image"])
    assert SERVICES[name]["restart"] == ("no" if name in ENDING else "unless-stopped")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_bounds_of_memory_and_logs_a_check_of_its_health_and_its_place_in_the_order(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"\d+m|\$\{LEBARPITA_MEMORY_[A-Z]+:-\d+[mg]\}", service["mem_limit"])
    assert service["logging"]["options"] == {"max-size": "10m"}
    if name in ENDING:
        assert service["depends_on"] == {}
    else:
        assert service["healthcheck"]["test"][0] == "CMD" and service["healthcheck"]["interval"] == "30s"
        assert service["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", SERVICES)
def test_named_volumes_are_declared_and_mounted_files_exist(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        source = volume.removesuffix(":ro").rsplit(":/", 1)[0]
        if source.startswith("./"):
            assert (ROOT / source).exists(), source
        elif not source.startswith("${"):
            assert source in COMPOSE["volumes"], source


@pytest.mark.parametrize("name", [*OURS, *ENDING])
def test_our_parts_have_no_right_they_do_not_need(name: str) -> None:
    rights = {
        "watch": ["NET_BIND_SERVICE", "NET_RAW"],
        "shaper": ["NET_ADMIN"],
        "prepare": ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"],
    }
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert SERVICES[name].get("cap_add", []) == rights.get(name, [])
    assert SERVICES[name]["read_only"] is True


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_is_published_so_that_no_flow_is_lost_and_no_sender_hidden(name: str) -> None:
    """Published UDP goes on to the container before, once one is made anew."""
    assert SERVICES[name]["network_mode"] == ("none" if name == "prepare" else "host")
    assert "ports" not in SERVICES[name]


def test_each_part_sees_its_own_secrets_and_prepare_alone_sees_all() -> None:
    seen = {
        name: {v.split(":")[0] for v in service.get("volumes", []) if "secrets" in v}
        for name, service in SERVICES.items()
        if name != "prepare"
    }
    with_own = {"tracker", "flows", "shaper", "prometheus", "alertmanager", "grafana"}
    assert seen == {name: {f"{name}-secrets"} if name in with_own else set() for name in seen}


def test_what_listens_listens_on_loopback_but_for_flows_and_traps() -> None:
    exporter = read("deploy/compose/exporter.yaml")
    pages = [exporter[part]["listen"] for part in ("snmp", "watch", "flows")]
    pages += [read(f"deploy/compose/{name}.yaml")["listen"] for name in ("tracker", "shaping")]
    words = [word for name in ("prometheus", "alertmanager") for word in SERVICES[name]["command"]]
    pages += [word.split("=")[1] for word in words if word.startswith("--web.listen-address=")]
    assert len(pages) == 7 and all(page.startswith("127.0.0.1:") for page in pages)
    assert SERVICES["grafana"]["environment"]["GF_SERVER_HTTP_ADDR"] == "127.0.0.1"
    assert "--cluster.listen-address=" in SERVICES["alertmanager"]["command"]


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


def test_prometheus_and_alertmanager_read_the_secrets_that_prepare_hands_to_them() -> None:
    office = read_office(ROOT / "deploy/compose/alerts.yaml")
    script = (ROOT / "deploy/prepare").read_text(encoding="utf-8")
    assert f"hand prometheus $nobody {office.secrets.metrics.name}\n" in script
    assert f"hand alertmanager $nobody {office.secrets.webhook.name} " in script
    assert {office.secrets.metrics.parent, office.secrets.webhook.parent} == {Path("/run/secrets")}


def test_prometheus_and_alertmanager_run_what_one_command_builds_for_the_office(tmp_path: Path) -> None:
    told = read_office(ROOT / "deploy/compose/alerts.yaml").model_dump(by_alias=True) | {"inventory": EXAMPLE_CITY}
    built = build(OfficeAlerts.model_validate(told), tmp_path)
    assert "alerts:/etc/alerts" in SERVICES["prepare"]["volumes"]
    for name in ("prometheus", "alertmanager"):
        assert f"--config.file=/etc/alerts/{name}.yml" in SERVICES[name]["command"]
        assert "alerts:/etc/alerts:ro" in SERVICES[name]["volumes"]
        assert tmp_path / f"{name}.yml" in built


def test_grafana_reads_the_committed_boards_from_where_provisioning_looks() -> None:
    (provider,) = read("dashboards/provisioning/dashboards/lebarpita.yml")["providers"]
    mounts = dict(volume.removesuffix(":ro").rsplit(":", 1) for volume in SERVICES["grafana"]["volumes"])
    assert Path(mounts["./dashboards/provisioning/datasources"]) == Path("/etc/grafana/provisioning/datasources")
    assert mounts["./dashboards/boards"] == provider["options"]["path"]


def test_no_secret_stands_in_the_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert not re.search(r"(?i)(password|token|secret)\s*[:=]\s*[\"']?[A-Za-z0-9]{8,}", text)


def test_every_configuration_that_compose_mounts_is_shipped_and_understood() -> None:
    place = Path("deploy/compose")
    assert exporter_config(place / "exporter.yaml").watch.snmp == "http://127.0.0.1:9810"
    assert tracker_config(place / "tracker.yaml").watch == "http://127.0.0.1:9811"
    assert shaping_config(place / "shaping.yaml").uplink == "isp-utama"
