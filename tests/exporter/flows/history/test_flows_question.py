"""Who uses it, of any range: over time, beside the time before, by what is asked for; sums stay the counters."""

import json
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tree import EXAMPLE_CITY

from exporter.cli import main
from exporter.errors import ExporterError
from exporter.flows.history.applications import write_names
from exporter.flows.history.graph import LAYERS, step_of
from exporter.flows.history.parquet import WHOLE, write_minute
from exporter.flows.history.question import Horizon, read_question
from exporter.flows.history.sights import FILE
from exporter.flows.history.sources import HistorySource
from exporter.flows.history.top import answer
from exporter.flows.history.usage_rows import UsageRow

NOW = int(time.time()) // 60 * 60
JAKARTA = ZoneInfo("Asia/Jakarta")
CODES = ("dinkes", "rsud")


def asked(folder: Path, **texts: str) -> dict[str, Any]:
    return answer(read_question(texts, Horizon(CODES, 30, NOW, JAKARTA)), HistorySource(folder=folder))


def row(minutes_ago: int, host: str, size: int, opd: str = "dinkes", **more: Any) -> UsageRow:
    usual: dict[str, Any] = {"remote": "198.51.100.0/24", "protocol": 6, "port": 443} | more
    return UsageRow(minute=NOW - 60 * minutes_ago, opd=opd, direction="receive", host=host, bytes=size, **usual)


def rest(minutes_ago: int, size: int) -> UsageRow:
    return row(minutes_ago, "", size, remote="", protocol=0, port=0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two hours: hosts that change, a rest in each minute, another OPD, and other networks."""
    tmp_path = tmp_path_factory.mktemp("history")
    for ago in range(1, 121):
        rows = [row(ago, f"10.10.1.{host}", 1000 * host + ago) for host in range(1, 11)]
        rows += [rest(ago, 7), row(ago, "10.20.1.2", 50, "rsud", remote="203.0.113.0/24", protocol=17, port=53)]
        write_minute(tmp_path, rows)
    return tmp_path


def sums(table: dict[str, Any]) -> int:
    return int(sum(line["bytes"] for line in table["rows"]) + table["rest"])


def test_a_range_is_answered_alone_and_a_minute_too(folder: Path) -> None:
    all_of_it = asked(folder, opd="dinkes", since="2h")["bytes"]["receive"]
    halves = [
        asked(folder, opd="dinkes", **{"from": str(NOW - 7200), "until": str(NOW - 3600)}),
        asked(folder, opd="dinkes", **{"from": str(NOW - 3600)}),
    ]
    assert sum(half["bytes"]["receive"] for half in halves) == all_of_it
    minute = asked(folder, opd="dinkes", at=str(NOW - 300))
    assert minute["bytes"]["receive"] == sum(1000 * host + 5 for host in range(1, 11)) + 7
    assert (minute["since"], minute["until"]) == (NOW - 300, NOW - 240)
    assert asked(folder, opd="dinkes", at=f"{NOW - 290}123") == minute


def test_moments_are_the_offices_and_may_carry_a_zone_of_their_own() -> None:
    horizon = Horizon(CODES, 30, 1_795_000_000.0, JAKARTA)
    question = read_question({"from": "2026-11-18T10:00", "until": "2026-11-18T10:30+07:00"}, horizon)
    assert (question.since, question.until - question.since) == (1_794_970_800, 1800)


@pytest.mark.parametrize("by", ["hosts", "services", "networks", "opds", "operators", "countries", "applications"])
def test_each_graph_stacks_up_to_the_counters(folder: Path, by: str) -> None:
    found = asked(folder, opd="dinkes", since="1h", graph=by, before="1")
    graph, total = found["graph"], found["bytes"]["receive"]
    layers, lower = graph["receive"]["rows"], graph["receive"]["rest"]
    assert sum(map(sum, (layer["bytes"] for layer in layers))) + sum(lower) == total
    assert min(lower) >= 0 and len(layers) <= LAYERS and graph["step"] == 60
    at = graph["times"].index(NOW - 300)
    of_minute = asked(folder, opd="dinkes", at=str(NOW - 300))["bytes"]["receive"]
    assert sum(layer["bytes"][at] for layer in layers) + lower[at] == of_minute
    assert sum(graph["receive"]["before"]) == found["before"]["bytes"]["receive"]
    assert graph["receive"]["before"][at] == asked(folder, opd="dinkes", at=str(NOW - 3900))["bytes"]["receive"]


def test_the_steps_of_a_graph_are_few_enough_for_a_picture() -> None:
    day = 86_400
    assert [step_of(span) for span in (60, 3600, 6 * 3600, day, 7 * day, 30 * day)] == [60, 60, 300, 1800, 10800, 43200]


def test_the_time_before_stands_beside_each_row(folder: Path) -> None:
    found = asked(folder, opd="dinkes", since="1h", before="1")
    largest = found["hosts"]["receive"]["rows"][0]
    assert largest["name"] == "10.10.1.10"
    assert largest["before"] - largest["bytes"] == 60 * 60
    assert (
        found["before"]["bytes"]["receive"]
        == asked(folder, opd="dinkes", since="2h")["bytes"]["receive"] - found["bytes"]["receive"]
    )


@pytest.mark.parametrize(
    ("texts", "size"),
    [
        ({"host": "10.10.1.3"}, 3005),
        ({"host": "10.10.1.0/30", "opd": "dinkes"}, 6015),
        ({"network": "198.51.100.0/24", "host": "10.10.1.1"}, 1005),
        ({"network": "203.0.0.0/8"}, 50),
        ({"port": "53"}, 50),
        ({"protocol": "udp"}, 50),
        ({"protocol": "17", "opd": "dinkes"}, 0),
        ({"network": "2001:db8::/32"}, 0),
    ],
)
def test_each_filter_finds_its_rows_across_opds_or_in_one(folder: Path, texts: dict[str, str], size: int) -> None:
    found = asked(folder, at=str(NOW - 300), **texts)
    assert found["bytes"]["receive"] == size
    assert found["unnamed"]["receive"] == 7 and not found["coarse"]
    for table in ("hosts", "networks", "services"):
        assert sums(found[table]["receive"]) == size


def test_an_address_of_which_only_the_network_is_kept_says_so(folder: Path) -> None:
    found = asked(folder, network="203.0.113.9", since="1h", by="opds")
    assert found["coarse"] and [line["name"] for line in found["opds"]["receive"]["rows"]] == ["rsud"]


def test_across_opds_each_has_its_row(folder: Path) -> None:
    found = asked(folder, at=str(NOW - 60))
    rows = {line["name"]: line["bytes"] for line in found["opds"]["receive"]["rows"]}
    assert rows == {"dinkes": 55_000 + 10 + 7, "rsud": 50} and found["opds"]["receive"]["rest"] == 0


def test_applications_have_the_names_that_options_told_and_numbers_else(tmp_path: Path) -> None:
    netflix, other = 13 << 24 | 453, 20 << 24 | 9
    write_minute(tmp_path, [row(1, "10.10.1.2", 9, application=netflix), row(1, "10.10.1.3", 5, application=other)])
    write_names(tmp_path, {netflix: "netflix"})
    found = asked(tmp_path, opd="dinkes", by="applications", graph="applications")
    assert [line["name"] for line in found["applications"]["receive"]["rows"]] == ["netflix", "20:9"]
    assert asked(tmp_path, opd="dinkes", application=str(other))["bytes"]["receive"] == 5


def test_an_as_is_what_the_router_tells_and_files_without_it_are_read_beside(tmp_path: Path) -> None:
    write_minute(tmp_path, [row(1, "10.10.1.2", 9, asn=64500), row(1, "10.10.1.3", 5)])
    found = asked(tmp_path, opd="dinkes", by="operators")
    assert found["operators"]["receive"] == {"rows": [{"name": "AS64500", "bytes": 9}], "rest": 5}
    assert asked(tmp_path, asn="64500")["bytes"]["receive"] == 9
    assert asked(tmp_path, asn="64501")["bytes"]["receive"] == 0


def test_whole_addresses_need_a_reason_which_is_written_down_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_minute(tmp_path / "h", [row(1, "10.10.1.2", 9)])
    write_minute(tmp_path / "h" / WHOLE, [row(1, "10.10.1.2", 9, remote="198.51.100.7")])
    config = tmp_path / "exporter.yaml"
    config.write_text(f"inventory: {EXAMPLE_CITY}\nstate: {tmp_path}\nflows: {{history: {{folder: {tmp_path}/h}}}}\n")
    command = ["flows", "top", "dinkes", "--config", str(config), "--by", "addresses"]
    assert main(command) == 1 and "give a reason" in capsys.readouterr().err
    assert not (tmp_path / "h" / FILE).exists()
    assert main([*command, "--reason", "serangan ke RSUD"]) == 0
    assert "198.51.100.7" in capsys.readouterr().out
    line = json.loads((tmp_path / "h" / FILE).read_text())
    assert (line["opd"], line["reason"]) == ("dinkes", "serangan ke RSUD") and line["person"]
    with pytest.raises(ExporterError, match="kept for 24 h"):
        asked(tmp_path, opd="dinkes", since="2d", reason="lama")
    # Without a reason nothing of them is told, whatever else is asked.
    plain = asked(tmp_path / "h", opd="dinkes", graph="networks", network="198.51.100.7")
    assert "198.51.100.7" not in json.dumps(plain)


def test_a_sight_that_cannot_be_written_down_is_no_sight(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_minute(tmp_path / "h" / WHOLE, [row(1, "10.10.1.2", 9, remote="198.51.100.7")])
    (tmp_path / "h" / FILE).mkdir()
    config = tmp_path / "exporter.yaml"
    config.write_text(f"inventory: {EXAMPLE_CITY}\nstate: {tmp_path}\nflows: {{history: {{folder: {tmp_path}/h}}}}\n")
    assert main(["flows", "top", "dinkes", "--reason", "serangan", "--config", str(config)]) == 1
    told = capsys.readouterr()
    assert "nothing is told" in told.err and "198.51.100.7" not in told.out


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"host": "10.0.0.300"}, "no address and no network"),
        ({"port": "70000"}, "write a number up to 65535"),
        ({"protocol": "quic"}, "or one of icmp, tcp, udp"),
        ({"country": "Indonesia"}, "two letters"),
        ({"at": "kemarin"}, "no moment"),
        ({"until": "2026-11-24T10:00"}, "needs from too"),
        ({"from": str(NOW), "until": str(NOW - 60)}, "not before until"),
        ({"from": "2001-01-01", "until": "2001-01-02"}, "kept for 30 days"),
        ({"graph": "people"}, "no table"),
        ({"colour": "red"}, "nothing that can be asked"),
    ],
)
def test_what_cannot_be_asked_gets_a_sentence(tmp_path: Path, texts: dict[str, str], sentence: str) -> None:
    with pytest.raises(ExporterError, match=sentence):
        asked(tmp_path, opd="dinkes", **texts)
