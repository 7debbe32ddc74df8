"""A city proposed from an Excel export and from a NetBox. The NetBox here is a small HTTP server of ours: a fake."""

import errno
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from inventory.cli import main
from inventory.proposal import save_new
from inventory.reading import InventoryError, parse_city

EXPORT = "Kode;Nama OPD;Kecamatan;Subnet;Router\ndinkes;Dinas Kesehatan;Utara;10.1.0.0/24;dist a\n"


def test_an_excel_export_becomes_a_city_that_passes_its_own_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kota.csv").write_text(EXPORT, encoding="utf-8-sig")
    assert main(["import", "csv", str(tmp_path / "kota.csv")]) == 0
    text = capsys.readouterr().out
    city = parse_city(text)
    assert str(city.opd("dinkes").prefixes[0]) == "10.1.0.0/24"
    assert "# unsure: opd dinkes: the interface towards it is unknown" in text


def test_older_excel_with_windows_letters_and_commas_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kota.csv").write_bytes("nama,prefix\nDinas Sosial – Kota,10.1.0.0/24\n".encode("cp1252"))
    assert main(["import", "csv", str(tmp_path / "kota.csv")]) == 0
    assert parse_city(capsys.readouterr().out).opds[0].name == "Dinas Sosial – Kota"


def test_empty_rows_blanks_and_cells_of_two_lines_do_no_harm(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = 'Nama OPD ; SUBNET;\r\n"Dinas\r\nKesehatan"; 10.1.0.0/24 ;\r\n;;\r\n ; \r\n'
    rows += 'RSUD;"10.2.0.0/24\r\n10.3.0.0/24"\r\n'
    (tmp_path / "kota.csv").write_bytes(rows.encode("utf-8-sig"))
    assert main(["import", "csv", str(tmp_path / "kota.csv")]) == 0
    opds = parse_city(capsys.readouterr().out).opds
    assert [(opd.name, len(opd.prefixes)) for opd in opds] == [("Dinas Kesehatan", 1), ("RSUD", 2)]


def test_an_existing_file_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kota.csv").write_text(EXPORT)
    out = tmp_path / "city.yaml"
    out.write_text("mine")
    assert main(["import", "csv", str(tmp_path / "kota.csv"), "--out", str(out)]) == 1
    assert "exists already" in capsys.readouterr().err
    assert out.read_text() == "mine"


def test_a_proposal_that_finds_no_room_leaves_no_half_file_that_would_exist_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(path: Path, text: str, **_: str) -> None:
        with path.open("w") as file:
            file.write(text[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(Path, "write_text", no_room)
        with pytest.raises(InventoryError, match="No space left"):
            save_new(tmp_path / "city.yaml", "city: {name: Kota}\n")
    assert list(tmp_path.iterdir()) == []
    save_new(tmp_path / "city.yaml", "city: {name: Kota}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["city.yaml"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"kode,nama\n1,2\n", "line 1: the column prefixes (prefixes or prefix or subnet or network) is missing"),
        (b"nama,prefix\nDinas,10.1.0.0/33\n", "line 2: office dinas: prefix 10.1.0.0/33 is not a network"),
        (b"nama,prefix\n,10.1.0.0/24\n", "line 2: the office has neither a code nor a name"),
        (b"PK\0\3", "is not a CSV file; in Excel save it as CSV UTF-8"),
        (b"", "line 1: the column"),
    ],
)
def test_what_cannot_be_used_is_named(
    content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kota.csv").write_bytes(content)
    assert main(["import", "csv", str(tmp_path / "kota.csv")]) == 1
    assert said in capsys.readouterr().err


TENANT = {"id": 1, "name": "Dinas Kesehatan", "slug": "dinkes"}
ANSWERS: dict[str, list[dict[str, object]]] = {
    "/api/dcim/devices/": [
        {"id": 1, "name": "core", "primary_ip": {"id": 1, "address": "10.0.0.1/32"}},
        {"id": 2, "name": "Dist A", "primary_ip": {"id": 2, "address": "10.0.0.2/32"}},
        {"id": 3, "name": "spare", "primary_ip": None},
    ],
    "/api/ipam/prefixes/": [
        {"id": 1, "prefix": "10.1.0.0/24", "tenant": TENANT},
        {"id": 2, "prefix": "10.9.0.0/24", "tenant": None},
    ],
    "/api/dcim/cables/": [
        {
            "id": 1,
            "a_terminations": [
                {
                    "object_type": "dcim.interface",
                    "object_id": 1,
                    "object": {"id": 1, "name": "up", "device": {"id": 2, "name": "Dist A"}},
                }
            ],
            "b_terminations": [
                {
                    "object_type": "dcim.interface",
                    "object_id": 2,
                    "object": {"id": 2, "name": "ether2", "device": {"id": 1, "name": "core"}},
                }
            ],
        }
    ],
    "/api/circuits/circuits/": [
        {"id": 1, "cid": "CID-7", "commit_rate": 200000, "provider": {"id": 1, "name": "ISP Contoh"}}
    ],
}


class _NetBox(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.headers["Authorization"] not in ("Token rahasia", "Bearer rahasia"):
            self.send_error(403)
            return
        results = ANSWERS.get(urlsplit(self.path).path, [])
        body = json.dumps({"count": len(results), "next": None, "previous": None, "results": results}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("API-Version", "4.1")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def netbox() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _NetBox)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_netbox_becomes_a_proposed_city(
    netbox: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NETBOX_TOKEN", "rahasia")
    assert main(["import", "netbox", netbox, "--token-from", "env:NETBOX_TOKEN"]) == 0
    text = capsys.readouterr().out
    assert "{name: isp" not in text
    assert "name: cid-7" in text
    assert "receive_capacity: 200000 kbit/s" in text
    assert "name: core-dist-a" in text
    assert "interface: ether2" in text
    assert "# unsure: prefix 10.9.0.0/24: no tenant in NetBox, left out" in text
    with pytest.raises(InventoryError, match="opd dinkes has no link"):
        parse_city(text)


def test_a_netbox_that_refuses_is_a_sentence(
    netbox: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NETBOX_TOKEN", "salah")
    assert main(["import", "netbox", netbox, "--token-from", "env:NETBOX_TOKEN"]) == 1
    assert "NetBox did not answer as expected" in capsys.readouterr().err
    assert main(["import", "netbox", "http://127.0.0.1:9", "--token-from", "env:NETBOX_TOKEN"]) == 1


def test_a_token_is_named_never_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "netbox", "http://127.0.0.1:9", "--token-from", "rahasia"]) == 1
    said = capsys.readouterr().err
    assert "a secret is named env:NAME or file:/path" in said
    assert "rahasia" not in said


CORE = {"id": 1, "name": "core", "primary_ip": {"id": 1, "address": "10.0.0.1/32", "family": {"value": 4}}}


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"/api/dcim/devices/": [{"id": 1}]}, "NetBox did not answer as expected"),
        ({"/api/dcim/devices/": ["core"]}, "NetBox did not answer as expected"),
        ({"/api/dcim/devices/": [{**CORE, "primary_ip": "10.0.0.1"}]}, "NetBox did not answer as expected"),
        (
            {
                "/api/dcim/devices/": [CORE],
                "/api/ipam/prefixes/": [{"id": 1, "prefix": "10.9.0.0/24", "tenant": {"id": 3}}],
            },
            "NetBox did not answer",
        ),
        (
            {
                "/api/dcim/devices/": [CORE],
                "/api/dcim/cables/": [{"id": 1, "a_terminations": 7, "b_terminations": None}],
            },
            "NetBox did not answer",
        ),
        ({}, "no device with a primary address is called 'core' (seen: none that the token may read); name it with"),
        ({"/api/dcim/devices/": [{**CORE, "name": "Dist A"}]}, "is called 'core' (seen: dist-a); name it with --core"),
    ],
)
def test_a_netbox_that_says_something_odd_is_a_sentence(
    answers: dict[str, list[object]],
    said: str,
    netbox: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("NETBOX_TOKEN", "rahasia")
    monkeypatch.setattr("test_inventory_imports.ANSWERS", answers)
    code = main(["import", "netbox", netbox, "--token-from", "env:NETBOX_TOKEN"])
    told = capsys.readouterr()
    assert code == 1
    assert said in told.err
    assert "Traceback" not in told.err


def test_two_devices_of_one_name_are_a_doubt(
    netbox: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NETBOX_TOKEN", "rahasia")
    monkeypatch.setattr(
        "test_inventory_imports.ANSWERS", {"/api/dcim/devices/": [CORE, {**CORE, "id": 2, "name": "Core"}]}
    )
    assert main(["import", "netbox", netbox, "--token-from", "env:NETBOX_TOKEN"]) == 0
    assert "# unsure: device Core: another one is called core; 10.0.0.1 was left out" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("netbox.example", "that is no address; write http://HOST or https://HOST"),
        ("ftp://netbox.example", "only http:// and https:// are spoken"),
        ("http://", "that is no address; write http://HOST or https://HOST"),
        ("http://127.0.0.1:9/api", "the connection is refused: nothing listens on that port"),
    ],
)
def test_an_address_where_no_netbox_can_be_is_a_sentence(
    url: str, why: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NETBOX_TOKEN", "rahasia")
    assert main(["import", "netbox", url, "--token-from", "env:NETBOX_TOKEN"]) == 1
    said = capsys.readouterr().err
    assert f"{url}: NetBox was not reached: {why}" in said
    assert "HTTPConnectionPool" not in said
