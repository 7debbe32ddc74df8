"""The boards keep their promises without a Grafana server: structure, committed files, PromQL, known metrics."""

import copy
import json
import re
import subprocess
from pathlib import Path

import pytest

from dashboards import building, contract
from dashboards.__main__ import main
from dashboards.panels import Json

BOARDS = building.committed()
NAMES = [board["uid"] for board in BOARDS]


@pytest.fixture
def board() -> Json:
    return copy.deepcopy(BOARDS[0])


def test_the_committed_boards_are_what_the_builders_make() -> None:
    assert building.drift() == ()


def test_building_twice_changes_nothing_and_old_boards_go(tmp_path: Path) -> None:
    (tmp_path / "lebarpita-gone.json").write_text("{}", encoding="utf-8")
    first = [path.read_bytes() for path in building.write(tmp_path)]
    assert [path.read_bytes() for path in building.write(tmp_path)] == first
    assert not (tmp_path / "lebarpita-gone.json").exists()
    assert building.drift(tmp_path) == ()


@pytest.mark.parametrize("board", BOARDS, ids=NAMES)
def test_a_board_breaks_no_promise(board: Json) -> None:
    assert contract.problems(board) == ()


@pytest.mark.parametrize("board", BOARDS, ids=NAMES)
def test_prometheus_can_parse_every_query(board: Json, tmp_path: Path) -> None:
    asked = contract.queries(board)
    rules = [
        {"record": f"q:{n}", "expr": query.filled({"opd": "dinkes", "link": "agg-utara"})}
        for n, query in enumerate(asked)
    ]
    file = tmp_path / "queries.yml"
    file.write_text(json.dumps({"groups": [{"name": board["uid"], "rules": rules}]}), encoding="utf-8")
    done = subprocess.run(["promtool", "check", "rules", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("board", BOARDS, ids=NAMES)
def test_no_variable_is_left_over_in_a_query(board: Json) -> None:
    names = {variable["name"]: "x" for variable in board["templating"]["list"]}
    # $1 is a part of what label_replace matched: Prometheus', and Grafana leaves it alone.
    assert [query.expr for query in contract.queries(board) if re.search(r"\$(?!\d)", query.filled(names))] == []


def test_data_links_lead_to_boards_that_exist() -> None:
    links = [
        link["url"]
        for board in BOARDS
        for panel in board["panels"]
        for link in panel["fieldConfig"]["defaults"]["links"]
    ]
    targets = {url.removeprefix("/d/").split("?")[0] for url in links if url.startswith("/d/")}
    assert targets <= set(NAMES)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda b: b["panels"][0].update(title=""), "has no title"),
        (lambda b: b["panels"][0].update(description=""), "has no description"),
        (lambda b: b["panels"][0]["fieldConfig"]["defaults"].pop("unit"), "has no unit"),
        (lambda b: b["panels"][0].update(targets=[]), "has no query"),
        (lambda b: b["panels"][1].update(id=b["panels"][0]["id"]), "panel ids repeat"),
        (lambda b: b["panels"][1].update(gridPos=b["panels"][0]["gridPos"]), "overlap"),
        (lambda b: b["panels"][0]["gridPos"].update(x=23), "does not fit"),
        (lambda b: b.update(uid="kota"), "the uid must be"),
        (lambda b: b["panels"][0]["fieldConfig"]["defaults"].update(unit="bps"), "does not multiply bytes by 8"),
        (lambda b: b["panels"][0].update(type="piechart"), "not one of ours"),
    ],
)
def test_a_broken_promise_is_named(board: Json, spoil: "object", words: str) -> None:
    spoil(board)  # type: ignore[operator] # a lambda that changes the board in place
    assert any(words in fault for fault in contract.problems(board))


def test_the_check_command_finds_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "no problem" in capsys.readouterr().out
