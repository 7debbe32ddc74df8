"""A city proposed from a LibreNMS: its API (a small HTTP server of ours: a fake) and its answers in one file."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from inventory.cli import main
from inventory.reading import parse_city
from lab.loopback import at_work

CORE = {"device_id": 1, "hostname": "10.0.0.1", "sysName": "core", "ip": "10.0.0.1", "sysDescr": "RouterOS CCR2004"}
DIST = {"device_id": "2", "hostname": "dist.kota.example", "sysName": "Dist A", "ip": "10.0.0.2", "port": "1161"}
POINT = {"device_id": 3, "hostname": "10.9.0.3", "sysName": None, "ip": None, "snmp_disable": 1}


def port(number: int, device: int, name: str, **more: Any) -> dict[str, Any]:
    row = {"port_id": number, "device_id": device, "ifIndex": number, "ifName": name, "ifType": "ethernetCsmacd"}
    return row | {"ifSpeed": "1000000000", "ifAdminStatus": "up", "ifOperStatus": "up", "ifAlias": name} | more


def link(local: int, port_id: int, remote: int, far_port: str = "") -> dict[str, Any]:
    row = {"local_device_id": local, "local_port_id": port_id, "remote_device_id": remote, "protocol": "lldp"}
    return row | {"remote_hostname": "x", "remote_port": far_port}


LISTS: dict[str, Any] = {
    "devices": [DIST, CORE, POINT, {"device_id": 4, "hostname": "gudang", "ip": None}],
    "ports": [
        port(11, 1, "wan", ifAlias="ISP Contoh"),
        port(12, 1, "e2"),
        port(21, 2, "up"),
        port(22, 2, "e5", ifAlias="Dinas Kesehatan", ifSpeed=100_000_000),
        port(23, 2, "e6", ifSpeed=None, ifAlias=None),
    ],
    "links": [link(1, 12, 2, "up"), link(2, 23, 3), link(2, 21, 1, "e2")],
    "ip_addresses": [
        {"port_id": 22, "ipv4_address": "10.1.0.1", "ipv4_prefixlen": 24},
        {"port_id": 22, "ipv6_address": "2001:db8::1", "ipv6_prefixlen": 64},
    ],
}


def of(folder: Path, lists: object) -> str:
    file = folder / "librenms.json"
    file.write_text(json.dumps(lists))
    return str(file)


def test_its_answers_in_a_file_become_a_city_that_passes_its_own_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "librenms", of(tmp_path, LISTS), "--community-from", "env:C"]) == 0
    text = capsys.readouterr().out
    assert "still to mend" not in text
    city = parse_city(text)
    assert [(row.name, str(row.address), row.snmp, row.snmp_port) for row in city.devices] == [
        ("core", "10.0.0.1", "snmp", 161),
        ("dist-a", "10.0.0.2", "snmp", 1161),
        ("10-9-0-3", "10.9.0.3", None, 161),
    ]
    assert city.device("core").kind == "routeros"
    ends = {row.name: (row.upstream.device, row.upstream.interface, row.interface) for row in city.links}
    assert ends["core-dist-a"] == ("core", "e2", "up")
    assert ends["dist-a-10-9-0-3"] == ("dist-a", "e6", None)
    assert str(city.opd("dinas-kesehatan").prefixes[0]) == "10.1.0.0/24"
    assert city.uplinks[0].name == "isp-contoh"
    assert "# unsure: device gudang: no address in LibreNMS, left out" in text


def test_no_community_is_taken_and_the_doubt_says_how_to_name_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lists = LISTS | {"devices": [CORE | {"community": "rahasia"}, DIST, POINT]}
    assert main(["import", "librenms", of(tmp_path, lists)]) == 0
    text = capsys.readouterr().out
    assert "rahasia" not in text
    assert "# unsure: no community is taken from LibreNMS; name it: --community-from env:NAME" in text


class _LibreNms(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = urlsplit(self.path).path.removeprefix("/api/v0/")
        key = {"resources/links": "links", "resources/ip/addresses": "ip_addresses"}.get(path, path)
        is_right = self.headers["X-Auth-Token"] == "rahasia"
        body = {"status": "ok", key: LISTS[key]} if is_right else {"status": "error", "message": "Unauthenticated"}
        self.send_response(200 if is_right else 401)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def librenms() -> Iterator[str]:
    with at_work(ThreadingHTTPServer(("127.0.0.1", 0), _LibreNms)) as address:
        yield address


def test_its_api_gives_the_same_city_as_the_file(
    librenms: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NMS_TOKEN", "rahasia")
    assert main(["import", "librenms", librenms, "--token-from", "env:NMS_TOKEN"]) == 0
    by_api = capsys.readouterr().out
    assert main(["import", "librenms", of(tmp_path, LISTS)]) == 0
    assert by_api == capsys.readouterr().out


def test_a_librenms_that_refuses_or_is_not_there_is_a_sentence(
    librenms: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NMS_TOKEN", "salah")
    assert main(["import", "librenms", librenms, "--token-from", "env:NMS_TOKEN"]) == 1
    assert "LibreNMS did not answer as expected: devices: status 401" in capsys.readouterr().err
    assert main(["import", "librenms", "http://127.0.0.1:9", "--token-from", "env:NMS_TOKEN"]) == 1
    assert main(["import", "librenms", "http://127.0.0.1:9", "--token-from", "salah"]) == 1
    assert main(["import", "librenms", "http://127.0.0.1:9"]) == 2
    told = capsys.readouterr().err
    assert "http://127.0.0.1:9: LibreNMS was not reached: the connection is refused: nothing listens" in told
    assert "--token-from env:NAME is needed to ask a LibreNMS" in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        ({}, "devices: Field required"),
        ([], "the whole: "),
        ({"devices": [{"hostname": "x"}]}, "devices.0.device_id: Field required"),
        ({"devices": [CORE, CORE | {"device_id": 9}]}, "no device, or more than one, is called 'core'"),
        ({"devices": []}, "is called 'core' (seen: none with an address); name it with --core"),
        ({"devices": [CORE | {"port": "x"}]}, "devices.0.port: "),
        ({"devices": 5}, "devices: Input should be a list"),
    ],
)
def test_what_librenms_says_oddly_is_a_sentence(
    lists: object, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "librenms", of(tmp_path, lists)]) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "<html>", "[1", '{"devices": NaN}'])
def test_a_file_that_is_no_json_is_a_sentence(content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.json").write_text(content)
    assert main(["import", "librenms", str(tmp_path / "x.json")]) == 1
    assert "x.json: LibreNMS did not answer as expected" in capsys.readouterr().err
    assert main(["import", "librenms", str(tmp_path / "none.json")]) == 1
    assert "cannot be read" in capsys.readouterr().err
