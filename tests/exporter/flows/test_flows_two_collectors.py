"""Two real collectors and the shipped rules: what shards counted is summed, of a redundant pair the larger counts."""

import json
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flow_packets import USUAL, a_set, ipfix, record, template
from flow_part import DINKES, NET, SAMPLER, FlowPartProcess
from ports import free_port

from alert_rules import rule_files

COUNTED = 'lebarpita_opd_receive_bytes_total{opd="dinkes",source="flow",scope="internet"}'
ONE = 70


class Exporters:
    """A sender of flows for each of two collectors."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.parts: list[FlowPartProcess] = []
        self.sockets: list[socket.socket] = []
        self.sent = [0, 0]
        for name in ("a", "b"):
            kept, sender = (stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in range(2))
            kept.bind(("127.0.0.1", 0))
            sender.connect(kept.getsockname())
            (folder / name).mkdir()
            self.parts.append(FlowPartProcess(folder / name, kept, free_port()))
            self.sockets.append(sender)
            sender.send(ipfix(template(USUAL), SAMPLER, a_set(300, struct.pack("!II", 1, 7)), sequence=0))

    def send(self, flows: tuple[int, int]) -> list[int]:
        """That many flows to each; the bytes each has counted of them."""
        data = a_set(256, record(USUAL, NET, DINKES, 10, 1))
        before = list(self.sent)
        for place, count in enumerate(flows):
            for _ in range(count):
                self.sent[place] += 1
                self.sockets[place].send(ipfix(data, sequence=self.sent[place]))
        for place, part in enumerate(self.parts):
            part.await_bytes(ONE * self.sent[place])
        counted = [int(part.value("lebarpita_opd_receive_bytes_total")) for part in self.parts]
        return [now - ONE * old for now, old in zip(counted, before, strict=True)]


@pytest.fixture(scope="module")
def exporters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exporters]:
    with ExitStack() as stack:
        made = Exporters(tmp_path_factory.mktemp("two"), stack)
        try:
            yield made
        finally:
            for part in made.parts:
                part.ends.close()


def ruled(folder: Path, series: dict[str, int], expected: int) -> str:
    """What promtool says where the rules make other bytes of these each fifteen seconds; nothing where they agree."""
    test = {
        "interval": "15s",
        "input_series": [{"series": name, "values": f"0+{each}x60"} for name, each in series.items()],
        "promql_expr_test": [
            {
                "expr": "round(opd:receive:rate5m * 15)",
                "eval_time": "10m",
                "exp_samples": [{"labels": '{opd="dinkes"}', "value": expected}],
            }
        ],
    }
    (folder / "test.yml").write_text(json.dumps({"rule_files": list(map(str, rule_files())), "tests": [test]}))
    done = subprocess.run(
        ["promtool", "test", "rules", folder / "test.yml"], capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def named(*labels: str) -> list[str]:
    return [f"{COUNTED[:-1]},{label}}}" for label in labels]


def test_shards_are_summed(exporters: Exporters, tmp_path: Path) -> None:
    counted = exporters.send((3, 2))
    assert counted == [3 * ONE, 2 * ONE]
    series = dict(zip(named('instance="a"', 'instance="b"'), counted, strict=True))
    assert ruled(tmp_path, series, 5 * ONE) == ""


def test_of_a_redundant_pair_the_one_that_heard_more_counts(exporters: Exporters, tmp_path: Path) -> None:
    counted = exporters.send((4, 3))
    assert counted == [4 * ONE, 3 * ONE]
    pair = dict(zip(named('instance="a",pair="p"', 'instance="b",pair="p"'), counted, strict=True))
    assert ruled(tmp_path, pair, 4 * ONE) == ""
    shard = dict(zip(named('instance="c"'), [ONE], strict=True))
    assert ruled(tmp_path, pair | shard, 5 * ONE) == ""
    assert "exp" in ruled(tmp_path, pair, 7 * ONE)
