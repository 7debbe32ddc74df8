"""``lebarpita doctor`` over a machine in a folder: pages that answer or do not, and the first fault on the way."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from installed import Machine, new_machine
from tree import EXAMPLE_CITY

from inventory.model import City
from inventory.reading import read_city
from lab.loopback import at_work
from operations.cli import main
from operations.doctor import machine as looking
from operations.doctor import walk
from operations.doctor.commands import examine, lines_of
from operations.doctor.fault import Fault, Finding
from operations.doctor.laid_settings import read_laid
from operations.doctor.machine_checks import FolderFact
from operations.doctor.monitoring import MonitoringApi, rule_health, scrape_health, since, wanted_jobs, wanted_rules
from operations.doctor.walk import DataPath
from runtime.disk import free_bytes

UP, FAILED = 'lebarpita_snmp_up{device="core"} 1', "alertmanager_notification_requests_failed_total"
NO_PORT = f'{UP}\nlebarpita_link_interface_found{{link="utara"}} 0\n'
FIGURE = '{{"data": {{"result": [{{"metric": {{"place": "files"}}, "value": [0, "{}"]}}]}}}}'
Pages = dict[str, tuple[int, str]]


@pytest.fixture
def pages() -> Iterator[tuple[Pages, int]]:
    """Pages by their path, and the port at which they are served."""
    texts: Pages = {}

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = texts.get(self.path) or texts.get(self.path.partition("?")[0], (404, ""))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    with at_work(server):
        yield texts, server.server_port


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Installed in a folder; owners are root's to give, so that its folders are taken as they must be."""
    made = new_machine(tmp_path)
    assert made.install("--uplink", "isp-utama") == 0
    monkeypatch.setattr(
        looking, "folder_fact", lambda path, owner, mode: FolderFact(str(path), owner, mode, owner, mode)
    )
    monkeypatch.setattr(looking, "clock_synchronized", lambda: None)
    monkeypatch.setattr(walk, "offloads_of", {"lan": ("gro",)}.get)
    monkeypatch.setattr(looking, "resolves", lambda host: True)
    return made


def faults(machine: Machine, port: int, whole: bool = True, until: float = float("inf")) -> dict[str, Finding]:
    """English title to what was found, with every address of the settings at that port."""
    etc = machine.at("/etc/lebarpita")
    for file in etc.glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        for old in (9090, 9093, 9810, 9811, 9812, 9820, 9830):
            text = text.replace(f"127.0.0.1:{old}", f"127.0.0.1:{port}")
        file.write_text(text, encoding="utf-8")
    return {title[1]: fault for title, fault in examine(DataPath(etc, read_laid(etc)).steps(), whole, until)}


def english(finding: Finding) -> str:
    """What a step says of itself."""
    return "" if finding is None else finding.wrong[1] if isinstance(finding, Fault) else finding.said[1]


def well(texts: Pages) -> None:
    """Every page as it is on a machine on which all is well; every device read, flows from each exporter."""
    up = [{"scrapePool": job, "health": "up", "lastError": ""} for job in wanted_jobs(True)]
    groups = [{"rules": [{"name": name, "health": "ok"} for name in wanted_rules()]}]
    alertmanagers = {"activeAlertmanagers": [{"url": "http://127.0.0.1:9093/api/v2/alerts"}]}
    texts |= {
        "/readyz": (200, "ready\n"),
        "/api/v1/targets?state=active": (200, json.dumps({"data": {"activeTargets": up}})),
        "/api/v1/rules": (200, json.dumps({"data": {"groups": groups}})),
        "/api/v1/alertmanagers": (200, json.dumps({"data": alertmanagers})),
        # Every figure that is asked for: the sign of life is a minute old, the disk is full in sixty days.
        "/api/v1/query": (200, json.dumps({"data": {"result": [{"metric": {}, "value": [0, "60"]}]}})),
    }
    city = example_city()
    for device in city.devices:
        texts[f"/snmp?target={device.name}"] = (200, f'lebarpita_snmp_up{{device="{device.name}"}} 1\n')
    lines = [
        f'lebarpita_flow_datagrams_total{{exporter="{source.address}"}} 5'
        for device in city.devices
        for source in device.flows
    ]
    texts["/metrics"] = (200, "\n".join((*lines, "lebarpita_shaping_ledger_age_seconds 1", "")))


def example_city() -> City:

    return read_city(EXAMPLE_CITY)


def test_on_a_machine_where_all_is_well_only_what_is_to_be_done_by_hand_is_left(
    machine: Machine, pages: tuple[Pages, int]
) -> None:
    texts, port = pages
    well(texts)
    found = faults(machine, port)
    left = {title: fault.wrong[1] for title, fault in found.items() if isinstance(fault, Fault) and not fault.note}
    assert left == {"backup": "there is no backup yet", "certificate": "the certificate is signed by itself"}
    assert list(found)[:5] == ["settings", "rights", "clock", "names (DNS)", "disk"]
    assert len(found) == 24 and "lan: gro" in english(found["bundles of frames"])
    assert english(found["flows arrive"]) == "datagrams from 10.255.0.1 (5)"
    assert english(found["SNMP of devices"]) == "5 devices, with backbone, distribution"
    assert english(found["alerts arrive"]) == "the last sign of life came 1 minutes ago"


def test_what_there_was_no_time_for_is_said_and_is_not_well(machine: Machine, pages: tuple[Pages, int]) -> None:
    texts, port = pages
    well(texts)
    found = faults(machine, port, until=0.0)
    assert set(map(english, found.values())) == {"there was no time to look"}


def test_a_part_that_is_not_of_this_machine_is_asked_where_prometheus_reads_it(
    tmp_path: Path, pages: tuple[Pages, int]
) -> None:
    texts, port = pages
    well(texts)
    shaper = {"scrapePool": "lebarpita-shaping", "health": "up", "scrapeUrl": f"http://127.0.0.1:{port}/metrics"}
    texts["/api/v1/targets?state=active"] = (200, json.dumps({"data": {"activeTargets": [shaper]}}))
    (tmp_path / "tracker.yaml").write_text(
        f"inventory: {EXAMPLE_CITY}\ndatabase: {tmp_path}/tracker.db\nfiles: {tmp_path}/files\n"
        f"listen: 0.0.0.0:{port}\nprometheus: http://127.0.0.1:{port}\n"
    )
    path = DataPath(tmp_path, read_laid(tmp_path))
    found = {title[1]: fault for title, fault in examine(path.steps(), whole=True)}
    assert found["settings"] is None and found["lebarpita-tracker"] is None and found["lebarpita-shaping"] is None
    # Who owns a folder that nobody has installed, and a certificate of a site without TLS, are no steps.
    assert not {"rights", "certificate"} & set(found)


def test_the_walk_ends_at_the_first_fault_because_what_follows_is_its_echo(
    machine: Machine, pages: tuple[Pages, int]
) -> None:
    _, port = pages
    found = faults(machine, port, whole=False)
    assert list(found)[-1] == "lebarpita-snmp" and found["lebarpita-snmp"] is not None


@pytest.mark.parametrize(
    ("path", "page", "step", "sentence"),
    [
        ("/readyz", (503, "/var/lib/lebarpita-watch: cannot be written\n"), "lebarpita-watch", "cannot be written"),
        ("/snmp?target=core", (200, 'lebarpita_snmp_failure{reason="wrong_key"} 1\n'), "SNMP of devices", "wrong_key"),
        ("/snmp?target=core", (200, NO_PORT), "ports of lines", "utara"),
        ("/metrics", (200, "lebarpita_flow_socket_drops_total 3\n"), "socket buffers", "dropped 3"),
        ("/metrics", (200, ""), "shaping agent", "does not hear"),
        ("/metrics", (200, f'{FAILED}{{integration="email"}} 2\n'), "Alertmanager delivers", "email"),
        ("/api/v1/rules", (500, ""), "rules loaded", "not loaded"),
        ("/api/v1/targets?state=active", (200, "no JSON"), "Prometheus scrapes", "does not answer"),
        ("/api/v1/query", (200, FIGURE.format(1e6)), "alerts arrive", "no alert has reached the tracker for 277.8"),
        ("/api/v1/query", (200, FIGURE.format(12)), "disk", "is full in 12 days"),
    ],
)  # fmt: skip
def test_a_page_that_says_something_wrong_is_a_fault_of_its_step(
    machine: Machine, pages: tuple[Pages, int], path: str, page: tuple[int, str], step: str, sentence: str
) -> None:
    texts, port = pages
    well(texts)
    texts[path] = page
    fault = faults(machine, port)[step]
    assert isinstance(fault, Fault) and not fault.note and sentence in fault.wrong[1]


def test_a_fault_is_told_in_indonesian_first_and_ends_the_command_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--etc", str(tmp_path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "SALAH  setelan / settings"
    assert (
        lines[1].startswith("       setelan atau berkas kota salah") and "lebarpita install puts it there" in lines[2]
    )
    assert main(["doctor", "--etc", str(tmp_path), "--json"]) == 1
    (row,) = json.loads(capsys.readouterr().out)
    assert row["step"] == "settings" and row["ok"] is False
    assert lines_of(("jam", "clock"), None) == ["baik   jam / clock"]


def test_what_prometheus_lists_is_read_by_job_and_by_rule() -> None:
    down = {"scrapePool": "a", "health": "down", "lastError": "refused"}
    assert scrape_health({"activeTargets": [{"scrapePool": "a", "health": "up"}, down]}) == {"a": "refused"}
    assert rule_health({"groups": [{"rules": [{"name": "x", "lastError": "y"}]}]}) == {"x": "y"}
    assert scrape_health("nothing") is None and rule_health(None) is None


def test_a_way_is_judged_by_what_prometheus_kept_and_by_what_alertmanagers_page_says_now(
    pages: tuple[Pages, int],
) -> None:
    texts, port = pages
    tried, failed = "alertmanager_notification_requests_total", FAILED
    texts["/metrics"] = (200, f'{tried}{{integration="a"}} 9\n{tried}{{integration="b"}} 9\n'
                         f'{failed}{{integration="a"}} 4\n{failed}{{integration="b"}} 4\n')  # fmt: skip
    here = f"http://127.0.0.1:{port}"
    assert MonitoringApi(here, here).failed() == {"a": 4.0, "b": 4.0}, "of what came before nobody knows"
    asked: list[dict[str, str]] = []
    courses = {tried: {"a": [(0, "4"), (900, "8")], "b": [(0, "5"), (900, "5")]},
               failed: {"a": [(0, "0"), (900, "4")], "b": [(0, "0"), (900, "0")]}}  # fmt: skip

    class Asked(MonitoringApi):
        def data(self, path: str, **parameters: str) -> Any:
            asked.append(parameters)
            start = float(parameters["start"])
            (name,) = (name for name in courses if f"({name})" in parameters["query"])
            rows = courses[name].items()
            return {
                "result": [
                    {"metric": {"integration": way}, "values": [(start + at, value) for at, value in values]}
                    for way, values in rows
                ]
            }

    assert Asked(here, here).failed() == {"a": 0.0, "b": 4.0}, "a has delivered after its four, b has not"
    assert {float(row["end"]) - float(row["start"]) for row in asked} == {3600.0}


def test_a_counter_is_judged_by_what_came_since_so_that_a_cured_fault_is_green_again() -> None:
    assert since({"a": 9.0, "b": 9.0, "c": 2.0}, {"a": 9.0, "c": 5.0}) == {"a": 0.0, "b": 9.0, "c": 2.0}


def test_the_doctor_reads_the_machine_itself(machine: Machine, tmp_path: Path) -> None:
    fact = looking.certificate(machine.at("/etc/lebarpita/tls/site.crt"))
    assert fact is not None and fact.self_signed and 390 < fact.days < 398
    assert looking.certificate(tmp_path / "none.crt") is None
    assert looking.newest_hours(tmp_path) is None
    assert free_bytes(tmp_path / "a" / "b") > 0
    (tmp_path / "lebarpita-20260101T000000Z.zip").touch()
    assert (looking.newest_hours(tmp_path) or 0.0) < 1.0
