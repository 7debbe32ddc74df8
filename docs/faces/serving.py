"""The made-up office as it runs: its month in a Prometheus, its tracker on loopback. An office in, addresses out."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from werkzeug.serving import make_server

from docs.faces.made_up_office import CUT, MOMENT, SILENT, MadeUpOffice
from docs.faces.past import past_of
from docs.faces.standing_still import PastPrometheus
from lab import LabError
from lab.loopback import at_work
from lab.scenes import past
from request_tracker.web.app import create_app
from request_tracker.web.shell.context import OfficeDesk

READY_SECONDS = 120.0


@contextmanager
def month_in_prometheus(home: Path, office: MadeUpOffice) -> Iterator[str]:
    """The address of a Prometheus with the office's month, as long as the block lasts."""
    text = past_of(office.desk.city, MOMENT, SILENT, CUT)
    (home / "past.txt").write_text(text, encoding="utf-8")
    # Blocks of two hours, promtool's own, would read the text once for each: minutes for a month.
    blocks = ["promtool", "tsdb", "create-blocks-from", "--max-block-duration=2400h", "openmetrics"]
    subprocess.run([*blocks, str(home / "past.txt"), str(home / "data")], check=True, capture_output=True)
    address = f"127.0.0.1:{past.free_port()}"
    with (home / "log").open("w") as log:
        process = subprocess.Popen(past.prometheus(home, address), stdout=log, stderr=log)
        try:
            over = time.monotonic() + READY_SECONDS
            while not past.answers(address):
                if process.poll() is not None or time.monotonic() > over:
                    raise LabError(f"prometheus did not start: {(home / 'log').read_text(encoding='utf-8')[-500:]}")
                time.sleep(0.1)
            yield f"http://{address}"
        finally:
            process.terminate()
            process.wait()


@contextmanager
def serving(office: MadeUpOffice, prometheus: str) -> Iterator[str]:
    """The address of the tracker over the office, which asks that Prometheus; it ends with the block."""
    app = create_app(OfficeDesk(office.config, office.desk, PastPrometheus(prometheus)), testing=True)
    with at_work(make_server("127.0.0.1", 0, app, threaded=True)) as address:
        yield address
