"""The question for offices without traffic, put to Prometheus' own engine by promtool: idle, busy, hardly measured."""

import subprocess
from pathlib import Path

from ruamel.yaml import YAML

from inventory.idle_offices import QUERY

# Thirty days by steps of six hours (``x120`` in promtool's notation) and one more: promtool's engine holds 10,000
# samples and no month by five minutes.
MONTH, STEP = 121, "6h"


def series(direction: str, opd: str, value: str) -> dict[str, str]:
    return {"series": f'opd:{direction}:mean5m{{opd="{opd}"}}', "values": value}


def measured(opd: str, ratio: float) -> dict[str, str]:
    return {"series": f'opd:measured_30d:ratio{{opd="{opd}"}}', "values": f"{ratio}x{MONTH}"}


def test_only_an_office_that_was_measured_and_had_no_traffic_either_way_is_named(tmp_path: Path) -> None:
    quiet, busy_for_five_minutes = f"3x{MONTH}", f"3x60 5000 3x{MONTH - 62}"
    rows = [
        *(series(way, "idle", quiet) for way in ("receive", "transmit")),
        *(series(way, "new", quiet) for way in ("receive", "transmit")),
        series("receive", "sends", quiet),
        series("transmit", "sends", busy_for_five_minutes),
        series("receive", "unmeasured", quiet),
        *(measured(opd, ratio) for opd, ratio in (("idle", 0.99), ("new", 0.5), ("sends", 0.99))),
    ]
    wanted = [{"labels": '{opd="idle"}', "value": 3}]
    test = {
        "interval": STEP,
        "input_series": rows,
        "promql_expr_test": [{"expr": QUERY, "eval_time": "30d", "exp_samples": wanted}],
    }
    file = tmp_path / "idle.yml"
    YAML(typ="safe").dump({"rule_files": [], "evaluation_interval": STEP, "tests": [test]}, file)
    done = subprocess.run(["promtool", "test", "rules", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
