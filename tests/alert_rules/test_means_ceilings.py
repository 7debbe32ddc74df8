"""Shares of an allocation are by the ceiling of their time: a leap in the allocation is no leap in use."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from alert_rules import RULES

MBIT = 125_000
# A sample every five minutes: a rate of 16 Mbit/s for half a day under 20, then of 48 under 60.
HALF = 144
SERIES = {
    'lebarpita_opd_receive_bytes_total{opd="dishub",source="interface"}': (
        f"0+{300 * 16 * MBIT}x{HALF} {300 * 16 * MBIT * HALF + 300 * 48 * MBIT}+{300 * 48 * MBIT}x{HALF}"
    ),
    'lebarpita_opd_allocation_receive_bytes_per_second{opd="dishub"}': f"{20 * MBIT}x{HALF - 1} {60 * MBIT}x{HALF}",
}
# The same where nobody knows the first half's ceiling.
UNKNOWN = {**SERIES, list(SERIES)[1]: f"_x{HALF} {60 * MBIT}x{HALF}"}


def rules(folder: Path) -> Path:
    """The means and what thirty days are made of them; a test has one interval for all groups."""
    groups = [
        group
        for name in ("means.yml", "record.yml", "uplink.yml")
        for group in YAML(typ="safe").load((RULES / name).read_text(encoding="utf-8"))["groups"]
        if group["name"] in ("lebarpita_means", "lebarpita_thirty_days", "lebarpita_uplinks")
    ]
    file = folder / "rules.yml"
    file.write_text(json.dumps({"groups": groups}), encoding="utf-8")
    return file


def expects(folder: Path, series: dict[str, str], wanted: dict[str, list[dict[str, Any]]]) -> None:
    test = {
        "interval": "5m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {"expr": expr, "eval_time": "1d", "exp_samples": samples} for expr, samples in wanted.items()
        ],
    }
    content = {"rule_files": [str(rules(folder))], "evaluation_interval": "5m", "tests": [test]}
    file = folder / "test.yml"
    file.write_text(json.dumps(content), encoding="utf-8")
    done = subprocess.run(["promtool", "test", "rules", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


WAY = '{opd="dishub", direction="receive"}'


def test_a_share_is_of_the_ceiling_of_its_time_and_the_p95_too(tmp_path: Path) -> None:
    expects(
        tmp_path,
        SERIES,
        {
            "round(min_over_time(opd:mean5m:ratio[1d]), 0.001)": [{"labels": WAY, "value": 0.8}],
            "round(max_over_time(opd:mean5m:ratio[1d]), 0.001)": [{"labels": WAY, "value": 0.8}],
            "round(opd:p95_30d:ratio, 0.001)": [{"labels": WAY, "value": 0.8}],
        },
    )


@pytest.mark.parametrize(("series", "share"), [(SERIES, 1.0), (UNKNOWN, 0.5)])
def test_how_much_of_the_time_a_ceiling_was_known_is_recorded(
    tmp_path: Path, series: dict[str, str], share: float
) -> None:
    of_it = "round(opd:ceiling_30d:ratio / opd:measured_30d:ratio, 0.1)"
    expects(tmp_path, series, {of_it: [{"labels": WAY, "value": share}]})


@pytest.mark.parametrize(
    ("speed", "highest"),
    [(None, 48), (40 * MBIT, 16), (48 * MBIT / 1.01, 48), (0, 48)],
    ids=["nobody says it", "a leap above the port", "within a cached counter's two per cent", "the device says none"],
)
def test_BTM_06_what_a_port_cannot_carry_is_no_mean_as_in_the_evidence(
    tmp_path: Path, speed: float | None, highest: int
) -> None:
    port = {'lebarpita_opd_info{opd="dishub",name="Dinas",district="",link="akses-dishub"}': "1x300"}
    if speed is not None:
        port['lebarpita_link_speed_bytes_per_second{link="akses-dishub",device="sw"}'] = f"{speed}x300"
    most = "round(max_over_time(opd:receive:mean5m[1d]) / 1000)"
    expects(tmp_path, {**SERIES, **port}, {most: [{"labels": '{opd="dishub"}', "value": highest * MBIT / 1000}]})


UPLINK = "isp-utama"
PORT = f'lebarpita_link_port_speed_bytes_per_second{{link="{UPLINK}",device="core"}}'
LEAP = {
    f'lebarpita_link_receive_bytes_total{{link="{UPLINK}",device="core"}}': (
        f"0+{300 * 16 * MBIT}x{HALF} {300 * 16 * MBIT * HALF + 300 * 480 * MBIT}+{300 * 480 * MBIT}x{HALF}"
    ),
    f'lebarpita_uplink_capacity_bytes_per_second{{link="{UPLINK}",direction="receive"}}': f"{40 * MBIT}x300",
}


@pytest.mark.parametrize(
    ("speed", "highest"),
    [(None, 480), (100 * MBIT, 16), (480 * MBIT / 1.01, 480), (10 * MBIT, 480)],
    ids=["nobody says it", "a leap above the port", "within a cached counter's two per cent", "less than the contract"],
)
def test_BTM_06_what_an_uplink_s_port_cannot_carry_is_no_mean_and_its_contract_is_no_bound(
    tmp_path: Path, speed: float | None, highest: int
) -> None:
    port = {} if speed is None else {PORT: f"{speed}x300"}
    most = "round(max_over_time(uplink:receive:mean5m[1d]) / 1000)"
    expects(tmp_path, {**LEAP, **port}, {most: [{"labels": f'{{link="{UPLINK}"}}', "value": highest * MBIT / 1000}]})
