"""A machine in a folder: what ``lebarpita install`` lays down there, for the tests of what it laid."""

from dataclasses import dataclass
from pathlib import Path

from tree import EXAMPLE_CITY

from operations.cli import main

HOST = "bandwidth.kota.go.id"
PROGRAMS = ("lebarpita", "lebarpita-exporter", "lebarpita-tracker", "lebarpita-shaping")


@dataclass(frozen=True)
class Machine:
    """A root folder, and beside it programs that do nothing."""

    root: Path
    programs: Path

    def install(self, *more: str) -> int:
        """Install with those options more."""
        words = ["install", "--city", str(EXAMPLE_CITY), "--host", HOST, "--root", str(self.root)]
        return main([*words, "--programs", str(self.programs), *more])

    def at(self, place: str) -> Path:
        """A place of the system under the root."""
        return self.root / place.lstrip("/")

    def text(self, place: str) -> str:
        """What stands in a file."""
        return self.at(place).read_text(encoding="utf-8")

    def units(self) -> list[Path]:
        """Every service of ours."""
        return sorted(self.at("/etc/systemd/system").glob("lebarpita-*.service"))


def new_machine(folder: Path) -> Machine:
    """Nothing installed yet."""
    made = Machine(folder / "root", folder / "programs")
    made.programs.mkdir(parents=True)
    for name in PROGRAMS:
        (made.programs / name).symlink_to("/bin/true")
    return made
