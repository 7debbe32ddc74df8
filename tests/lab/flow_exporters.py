"""What the tests of real exporters share: a listener that keeps every datagram as a file, and how it is read."""

import json
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from exporter.cli import main
from lab.client import Lab

CITY = "inventory/example/city.yaml"
NOC = "10.99.0.10"
# Of an exporter that is never calm all that counts has come by then.
MOST_SECONDS = 90.0
LISTEN = """
import select, socket, sys
from pathlib import Path
boxes = {}
for pair in sys.argv[2:]:
    name, port = pair.split("=")
    box = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    box.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**22)
    box.bind(("0.0.0.0", int(port)))
    boxes[box] = name
Path(sys.argv[1], "ready").touch()
count = 0
while True:
    for box in select.select(list(boxes), [], [])[0]:
        count += 1
        Path(sys.argv[1], f"{boxes[box]}.{count:06}").write_bytes(box.recv(65535))
"""


def listening(lab: Lab, folder: Path, kinds: dict[str, int]) -> AbstractContextManager[None]:
    """A listener in the noc that keeps what each kind of exporter sends to its port."""
    folder.chmod(0o777)
    ports = [f"{kind}={port}" for kind, port in kinds.items()]
    return lab.running("noc", "python3", "-c", LISTEN, str(folder), *ports)


def until_calm(folder: Path, seconds: float) -> None:
    """Wait until nothing came for so long: exporters tell by their own clocks, and late on a machine with much work."""
    sent, since = -1, time.monotonic()
    end = since + MOST_SECONDS
    while (now := time.monotonic()) < end and now - since < seconds:
        if (count := len(list(folder.iterdir()))) != sent:
            sent, since = count, now
        time.sleep(0.2)


def counted(lab: Lab, node: str, table: str, unit: str = "bytes") -> dict[str, int]:
    """The bytes (or ``packets``) of the named counters of an inet table of nftables."""
    rows = json.loads(lab.run(node, "nft", "-j", "list", "counters", "table", "inet", table).stdout)["nftables"]
    return {row["counter"]["name"]: row["counter"][unit] for row in rows if "counter" in row}


def read_files(folder: Path, kind: str, capsys: pytest.CaptureFixture[str], city: str | Path = CITY) -> dict[str, Any]:
    """What ``flows read`` says of the datagrams of a kind."""
    files = sorted(map(str, folder.glob(f"{kind}.0*")))
    assert files, f"{kind} sent nothing"
    assert main(["flows", "read", *files, "--inventory", str(city), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found
