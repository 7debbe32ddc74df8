"""python -m docs.faces: writes docs/pictures/faces/*.png, every page of the tracker at 360 and at 1280 pixels.

Run it before a change and after it: git shows both pictures beside each other.
"""

import argparse
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

from docs.faces.made_up_office import ROOT, made_up_office
from docs.faces.page_list import FACES
from docs.faces.photographs import SWITCHES, Photographer
from docs.faces.serving import month_in_prometheus, serving
from docs.faces.standing_still import same_secrets, stopped_clock

PICTURES = ROOT / "docs" / "pictures" / "faces"
PASSWORD = "sandi-contoh-yang-panjang"


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
        with month_in_prometheus(Path(name), office) as prometheus, serving(office, prometheus) as url:
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


if __name__ == "__main__":
    sys.exit(main())
