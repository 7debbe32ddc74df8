"""Each part reads its city anew at SIGHUP: a new office is there, the process goes on, a bad file is refused."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from children import child, until
from new_office import CODE, REFUSED, with_office
from ports import free_port
from tree import EXAMPLE_CITY

SHOWS = {
    "snmp": f'lebarpita_opd_info{{opd="{CODE}"',
    "watch": f'lebarpita_link_branch_info{{link="selatan-{CODE}"',
    "flows": f'lebarpita_opd_receive_bytes_total{{opd="{CODE}"',
}
SUCCESSFUL = "lebarpita_config_last_reload_successful"


@dataclass(frozen=True)
class Part:
    """A part at work on a city of its own."""

    city: Path
    port: int
    process: "subprocess.Popen[Any]"

    def page(self) -> str:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=60) as answer:
            return str(answer.read().decode())
        return ""

    def figure(self, name: str) -> float:
        (value,) = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", self.page(), re.MULTILINE)
        return float(value)

    def reload(self, text: str) -> None:
        self.city.write_text(text)
        self.process.send_signal(signal.SIGHUP)


@contextmanager
def working(name: str, folder: Path, more: str = "") -> Iterator[Part]:
    city, config, port = folder / "city.yaml", folder / "exporter.yaml", free_port()
    city.write_text(EXAMPLE_CITY.read_text())
    part = f"listen: '127.0.0.1:{port}'{more}"
    config.write_text(f"inventory: {city}\nstate: {folder / 'state'}\n{name}: {{{part}}}\n")
    secrets = {f"LEBARPITA_SNMP_{key}": "rahasia-panjang" for key in ("AUTH", "PRIVACY", "COMMUNITY")}
    command = [sys.executable, "-m", "exporter.part", name, "--config", str(config)]
    with ExitStack() as ends:
        made = Part(city, port, ends.enter_context(child(command, env={**os.environ, **secrets})))
        until(made.page, "the page", made.process)
        yield made


@pytest.mark.parametrize("name", SHOWS)
def test_a_new_office_is_there_without_a_new_process_and_a_bad_file_is_refused(tmp_path: Path, name: str) -> None:
    more = f", datagrams: ['127.0.0.1:{free_port()}']" if name == "flows" else ""
    with working(name, tmp_path, more) as part:
        assert SHOWS[name] not in part.page() and part.figure(SUCCESSFUL) == 1
        begun = part.figure("process_start_time_seconds")
        read_at = part.figure("lebarpita_config_last_reload_success_timestamp_seconds")

        part.reload(with_office())
        until(lambda: SHOWS[name] in part.page(), "the office", part.process)
        at = "lebarpita_config_last_reload_success_timestamp_seconds"
        until(lambda: part.figure(at) > read_at, "the moment of the reload", part.process)

        part.reload(with_office(prefix=REFUSED))
        until(lambda: part.figure(SUCCESSFUL) == 0, "the refusal", part.process)
        # The one before goes on, in the very same process.
        assert SHOWS[name] in part.page() and part.figure("process_start_time_seconds") == begun

        part.reload(EXAMPLE_CITY.read_text())
        until(lambda: part.figure(SUCCESSFUL) == 1, "the good file", part.process)
