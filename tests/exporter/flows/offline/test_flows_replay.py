"""``flows replay``: every datagram of a capture arrives, in its order and at its rate."""

import socket
from pathlib import Path

import pytest
from flow_captures import ethernet, ip4, pcap, udp

from exporter.cli import main
from exporter.flows.offline.replay import send_paced


def test_every_datagram_arrives_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sent = [bytes([number]) * 20 for number in range(30)]
    path = tmp_path / "flows.pcap"
    path.write_bytes(pcap([ethernet(ip4(udp(data))) for data in sent]))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        door.settimeout(120)
        where = f"127.0.0.1:{door.getsockname()[1]}"
        assert main(["flows", "replay", str(path), "--to", where, "--rate", "5000"]) == 0
        assert [door.recv(100) for _ in sent] == sent
    assert "30 datagrams sent" in capsys.readouterr().out


def test_the_rate_is_kept_by_the_clock() -> None:
    now, times = [0.0], list[float]()

    def sleep(seconds: float) -> None:
        now[0] += seconds

    assert send_paced([b"x"] * 5, 10, lambda _: times.append(round(now[0], 6)), lambda: now[0], sleep) == 5
    assert times == [0.0, 0.1, 0.2, 0.3, 0.4]


@pytest.mark.parametrize("rate", ["0", "-1", "inf", "fast"])
def test_an_impossible_rate_is_wrong_use(rate: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["flows", "replay", "x.pcap", "--to", "127.0.0.1:2055", "--rate", rate])
    assert ended.value.code == 2
    assert "--rate" in capsys.readouterr().err


@pytest.mark.parametrize("where", ["127.0.0.1", "unix:/tmp/x", ":1", "127.0.0.1:flows"])
def test_an_address_without_host_or_port_is_named(where: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "replay", "x.pcap", "--to", where]) == 1
    assert f"--to {where}: datagrams go to HOST:PORT" in capsys.readouterr().err
