"""The tree of links: who stands behind what, and what Prometheus and the command line are told."""

import json

import pytest

from inventory.cli import main
from inventory.reading import read_city
from inventory.targets import snmp_targets
from inventory.topology import Kind, branches, path_to, uplink_of

EXAMPLE = "inventory/example/city.yaml"
CITY = read_city(EXAMPLE)
TREE = {branch.name: branch for branch in branches(CITY)}


def test_a_trunk_names_every_office_behind_it() -> None:
    assert TREE["agg-timur"].offices == ("dinsos", "dishub", "dpupr", "rsud")
    assert len(TREE["core-agg"].offices) == 12


def test_parents_come_before_children_and_tiers_count_from_the_watch() -> None:
    order = list(TREE)
    assert all(branch.parent is None or order.index(branch.parent) < order.index(name) for name, branch in TREE.items())
    assert [TREE[name].tier for name in ("core-agg", "agg-timur", "timur-rsud")] == [1, 2, 3]


def test_an_uplink_cuts_off_all_who_use_it_and_is_asked_at_the_isps_side() -> None:
    uplink = TREE["isp-utama"]
    assert (uplink.kind, len(uplink.offices), str(uplink.address)) == (Kind.UPLINK, 12, "203.0.113.1")


def test_the_path_to_an_office_reads_from_the_root() -> None:
    assert path_to(CITY, "rsud") == ("core-agg", "agg-timur", "timur-rsud")
    assert uplink_of(CITY, "rsud") == "isp-utama"


def test_prometheus_is_given_names_never_addresses() -> None:
    assert snmp_targets(CITY)[0] == {"targets": ["core"], "labels": {"device": "core"}}


def test_check_says_what_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", EXAMPLE]) == 0
    assert "Kota Contoh is in order: 5 devices, 1 uplinks, 16 links, 12 opds" in capsys.readouterr().out


def test_check_of_a_bad_file_ends_with_1_and_json_lists_the_problems(
    tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "README.md", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_show_lists_each_office_with_its_path(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "--inventory", EXAMPLE]) == 0
    assert "isp-utama > core-agg > agg-timur > timur-rsud" in capsys.readouterr().out


def test_whose_answers_with_the_office_and_the_prefix(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["whose", "10.30.1.5", "--inventory", EXAMPLE]) == 0
    assert capsys.readouterr().out == "10.30.1.5 belongs to rsud (10.30.1.0/26)\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["whose", "10.0.0.300", "--inventory", EXAMPLE], 2, "'10.0.0.300' is not an IPv4 or IPv6 address"),
        (["whose", "192.0.2.1", "--inventory", EXAMPLE], 1, "192.0.2.1 belongs to no OPD"),
        (["check", "nowhere.yaml"], 1, "nowhere.yaml: cannot be read"),
        (["generate", "--opds", "0"], 2, "0 OPDs cannot be generated"),
    ],
)
def test_wrong_input_gets_a_sentence(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == code
    assert said in capsys.readouterr().err
