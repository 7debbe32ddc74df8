"""python -m docs.faces: writes docs/pictures/faces/*.png, every page of the tracker at 360 and at 1280 pixels.

Run it before a change and after it: git shows both pictures beside each other.
"""

import argparse
import logging
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from docs.faces.made_up_office import CUT, MOMENT, ROOT, SILENT, MadeUpOffice, made_up_office
from docs.faces.page_list import FACES
from docs.faces.past import past_of
from docs.faces.photographs import SWITCHES, Photographer
from docs.faces.standing_still import PastPrometheus, same_secrets, stopped_clock
from lab import LabError
from lab.scenes import past
from request_tracker.web.app import create_app
from request_tracker.web.shell.context import OfficeDesk

PICTURES = ROOT / "docs" / "pictures" / "faces"
PASSWORD = "sandi-contoh-yang-panjang"
READY_SECONDS = 120.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0 fine, 1 problems found, 2 wrong use."""
    options = _parser().parse_args(arguments)
    faces = [face for face in FACES if not options.page or face.name in options.page]
    if not faces:
        print(f"no page is called {', '.join(options.page)}; see docs/faces/page_list.py", file=sys.stderr)
        return 2
    options.into.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    home = tempfile.TemporaryDirectory(prefix="lebarpita-faces-")
    with home as name, same_secrets(), stopped_clock(), sync_playwright() as playwright:
        office = made_up_office(Path(name), PASSWORD)
        browser = playwright.chromium.launch(executable_path=options.chromium, args=SWITCHES)
        with _prometheus(Path(name), office) as prometheus, _serving(office, prometheus) as url:
            photographer = Photographer(browser, url, PASSWORD)
            missing = set()
            for file, picture in photographer.photograph([(f, office.places.of(f.address)) for f in faces]):
                if picture is None:
                    missing.add(file)
                else:
                    (options.into / file).write_bytes(picture)
                    print(options.into / file)
        browser.close()
    for name in sorted(missing):
        print(f"{name}: did not answer with its page; look at its address in docs/faces/page_list.py", file=sys.stderr)
    return 1 if missing else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m docs.faces", description=__doc__, epilog="example: python -m docs.faces --page tiket"
    )
    parser.add_argument("--page", action="append", default=[], metavar="NAME", help="only this page (repeatable)")
    parser.add_argument(
        "--into", type=Path, default=PICTURES, metavar="DIRECTORY", help="instead of docs/pictures/faces"
    )
    parser.add_argument("--chromium", default="/usr/bin/chromium", metavar="FILE", help="the browser (%(default)s)")
    return parser


@contextmanager
def _prometheus(home: Path, office: MadeUpOffice) -> Iterator[str]:
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
def _serving(office: MadeUpOffice, prometheus: str) -> Iterator[str]:
    app = create_app(OfficeDesk(office.config, office.desk, PastPrometheus(prometheus)), testing=True)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


if __name__ == "__main__":
    sys.exit(main())
