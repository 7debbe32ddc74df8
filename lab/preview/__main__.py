"""python -m lab.preview: writes docs/pictures/boards-*.png, each board on a good day, in an outage and degraded."""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dashboards.building import committed
from lab import LabError
from lab.host import ROOT
from lab.preview.asking import PictureTime, answers_of
from lab.preview.drawing import Studio
from lab.scenes import past
from lab.scenes.ill_city import cut, ill
from lab.scenes.scene import Scene, at
from lab.scenes.well_city import well

EXAMPLE = "example: python -m lab.preview --board lebarpita-city"
PICTURES, STUDIO = ROOT / "docs" / "pictures", ROOT / ".lab" / "preview"
# What the boards show when they are opened, and since when the faults of the scenes last: the cut by its own clock.
HOURS = 3 * 3600
SINCE = {"hari": 0, "gangguan": 1300, "sakit": 3600}
NOTE = "adegan buatan, bukan pengukuran: "
# A Prometheus that opens blocks of three scenes does it in a second; on a busy machine in many.
READY_SECONDS = 120.0
# Characters of its log that say why it did not start: the last few lines.
LOG_END = 500


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0 fine, 1 problems found, 2 wrong use."""
    options = _parser().parse_args(arguments)
    try:
        return _pictures(options)
    except LabError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab.preview", description=__doc__, epilog=EXAMPLE)
    parser.add_argument("--board", action="append", default=[], metavar="UID", help="only this board (repeatable)")
    parser.add_argument("--state", action="append", default=[], choices=tuple(SINCE), help="only this (repeatable)")
    parser.add_argument("--into", type=Path, default=PICTURES, metavar="DIRECTORY", help="instead of docs/pictures")
    parser.add_argument("--studio", type=Path, default=STUDIO, metavar="DIRECTORY", help="instead of .lab/preview")
    parser.add_argument("--offices", type=int, default=12, metavar="N", help="of the city (default: %(default)s)")
    return parser


def _pictures(options: argparse.Namespace) -> int:
    boards = [board for board in committed() if not options.board or board["uid"] in options.board]
    if not boards:
        raise LabError(f"no board is called {', '.join(options.board)}; see dashboards/boards")
    studio = Studio(options.studio)
    studio.prepare()
    options.into.mkdir(parents=True, exist_ok=True)
    day = well(options.offices)
    scenes = {state: scene for state, scene in _scenes(day).items() if not options.state or state in options.state}
    with _serving(day, scenes) as address:
        for state, scene in scenes.items():
            values = {"opd": scene.opd, "link": scene.link, "tier": "1|2", "tracker": ""}
            moment = PictureTime(scene.now, HOURS, values)
            for board in boards:
                answers = answers_of(address, board, moment)
                picture = options.into / f"{board['uid'].replace('lebarpita', 'boards')}-{state}.png"
                picture.write_bytes(studio.draw(board, answers, moment, NOTE + state))
                print(picture)
    return 0


def _scenes(day: Scene) -> dict[str, Scene]:
    return {
        state: at(scene, number)
        for number, (state, scene) in enumerate(zip(SINCE, (day, cut(day), ill(day)), strict=True))
    }


@contextmanager
def _serving(day: Scene, scenes: dict[str, Scene]) -> Iterator[str]:
    """The address of a Prometheus that holds the scenes, as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="lebarpita-preview-") as name:
        home = Path(name)
        for state, scene in scenes.items():
            before = at(day, list(SINCE).index(state))
            past.keep(home, past.hours(scene, before, since=SINCE[state], span=HOURS + 3600))
            past.keep(home, scene.past())
        address = f"127.0.0.1:{past.free_port()}"
        with (home / "log").open("w") as log:
            process = subprocess.Popen(past.prometheus(home, address), stdout=log, stderr=log)
            try:
                _wait(process, address, home / "log")
                yield f"http://{address}"
            finally:
                process.terminate()
                process.wait()


def _wait(process: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    over = time.monotonic() + READY_SECONDS
    while not past.answers(address):
        if process.poll() is not None or time.monotonic() > over:
            raise LabError(f"prometheus did not start: {log.read_text(encoding='utf-8')[-LOG_END:]}")
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
