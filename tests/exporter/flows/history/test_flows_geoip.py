"""Where remote networks are: made MaxMind DB files name them, a broken one is told and changes nothing."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet
from tree import EXAMPLE_CITY

from exporter.cli import main
from exporter.flows.history.geoip import open_geoip
from exporter.flows.history.parquet import write_minute
from exporter.flows.history.top import top
from exporter.flows.history.usage_rows import UsageRow

NOW = 1_795_000_020


def written(path: Path, rows: Mapping[str, dict[str, Any]]) -> Path:
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="Contoh")
    for network, told in rows.items():
        writer.insert_network(IPSet([network]), told)
    writer.to_db_file(str(path))
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    country = written(
        tmp_path / "country.mmdb",
        {"198.51.100.0/24": {"country": {"iso_code": "ID"}}, "2001:db8::/32": {"country": {"iso_code": "SG"}}},
    )
    operator = {"autonomous_system_number": 64500, "autonomous_system_organization": "Operator Contoh"}
    odd = {"country": "ID", "autonomous_system_number": "x"}
    return country, written(tmp_path / "asn.mmdb", {"198.51.100.0/25": operator, "192.0.2.0/24": odd})


@pytest.mark.parametrize(
    ("network", "place"),
    [
        ("198.51.100.0/24", "ID, AS64500 Operator Contoh"),
        ("198.51.100.128/25", "ID"),
        ("2001:db8:1::/48", "SG"),
        ("203.0.113.0/24", ""),
        ("192.0.2.0/24", ""),
        ("", ""),
    ],
)
def test_a_network_is_named_by_what_the_files_know(files: tuple[Path, Path], network: str, place: str) -> None:
    with open_geoip(files) as geoip:
        assert geoip.of(network) == place
        assert geoip.problems == []


def test_a_missing_or_broken_file_is_told_and_the_other_still_names(files: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "broken.mmdb").write_bytes(b"\xab\xcd\xefMaxMind.com" + b"\xff" * 40)
    (tmp_path / "text.mmdb").write_text("kosong")
    missing = [tmp_path / name for name in ("no.mmdb", "broken.mmdb", "text.mmdb")]
    with open_geoip([*missing, files[0]]) as geoip:
        assert geoip.of("198.51.100.0/24") == "ID"
        assert [problem.split(":")[0] for problem in geoip.problems] == [str(path) for path in missing]
    assert "No such file" in geoip.problems[0] and "is no MaxMind DB file" in geoip.problems[2]


def test_the_table_of_networks_carries_the_place_and_the_sums_are_the_same(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "history"
    write_minute(folder, [UsageRow(NOW, "dinkes", "receive", "10.10.1.2", "198.51.100.0/24", 6, 443, 1000)])
    plain, named = top(folder, "dinkes", 0), top(folder, "dinkes", 0, None, files)
    assert plain["networks"]["receive"]["rows"] == [{"name": "198.51.100.0/24", "bytes": 1000, "place": ""}]
    assert named["networks"]["receive"]["rows"][0]["place"] == "ID, AS64500 Operator Contoh"
    assert (named["hosts"], named["bytes"], named["problems"]) == (plain["hosts"], plain["bytes"], [])


def test_the_command_names_places_and_tells_a_file_it_cannot_read(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, config = tmp_path / "history", tmp_path / "exporter.yaml"
    write_minute(folder, [UsageRow(NOW, "dinkes", "receive", "10.10.1.2", "198.51.100.0/24", 6, 443, 1000)])
    told = f"{{folder: {folder}, days: 366, places: [{files[0]}, {tmp_path}/no.mmdb]}}"
    city = EXAMPLE_CITY
    config.write_text(f"inventory: {city}\nstate: {tmp_path}\nflows: {{history: {told}}}\n")
    assert main(["flows", "top", "dinkes", "--since", "366d", "--config", str(config)]) == 0
    shown = capsys.readouterr()
    assert "198.51.100.0/24 (ID)" in shown.out and f"{tmp_path}/no.mmdb: No such file" in shown.err
    assert main(["flows", "top", "dinkes", "--since", "366d", "--json", "--config", str(config)]) == 0
    assert json.loads(capsys.readouterr().out)["problems"][0].startswith(f"{tmp_path}/no.mmdb")
