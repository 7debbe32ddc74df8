"""How far each package that lebarpita asks for is kept: the lock and a package index in, ``releases.json`` out.

``python -m docs.releases INDEX`` asks an index that speaks JSON with times (PEP 691, PEP 700) and writes the file; the
reference page is made of it without asking anybody. Nothing here is part of an installation.
"""

import json
import re
import sys
import tomllib
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from importlib import metadata
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from packaging.requirements import Requirement
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).parent.parent
RELEASES = Path(__file__).parent / "releases.json"
# The form of an index's answer that has times.
_FORM = "application/vnd.pypi.simple.v1+json"
# One page of files of one package; an index that takes longer is asked again by hand.
_SECONDS = 60
# A package that had no release for two years is named, with why it stays, in docs/why/dependencies.md.
QUIET_DAYS = 730


_ADDRESS = re.compile(r"\s*<[^>]*>|\S+@\S+")
# Names of many keepers would make the column wider than the page.
_LONGEST = 60


@dataclass(frozen=True)
class Releases:
    """A package as the index told it: the version locked, the newest that is no trial, and the days of both.

    ``kept_by`` is whom the installed package names.
    """

    locked: str
    locked_on: str
    newest: str
    newest_on: str
    releases: int
    kept_by: str

    def quiet(self, seen: date) -> bool:
        """Whether it had no release for two years on that day."""
        return (seen - date.fromisoformat(self.newest_on)).days > QUIET_DAYS


def direct() -> list[str]:
    """Every package that pyproject.toml names, in any extra, sorted, in the index's own spelling (PEP 503)."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = chain(project["dependencies"], *project["optional-dependencies"].values())
    return sorted({canonicalize_name(Requirement(text).name) for text in texts} - {"lebarpita"})


def locked() -> dict[str, str]:
    """Each package of the test lock, which holds all, and its newest version there."""
    text = (ROOT / "requirements-test.lock").read_text(encoding="utf-8")
    rows = re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, re.MULTILINE)
    return {canonicalize_name(name): version for name, version in rows}


def read() -> tuple[date, dict[str, Releases]]:
    """The day the index was asked, and what it told."""
    tree = json.loads(RELEASES.read_text(encoding="utf-8"))
    return date.fromisoformat(tree["seen"]), {name: Releases(**told) for name, told in tree["packages"].items()}


def ask(index: str) -> dict[str, Any]:
    """What the index tells of each package, as the file holds it.

    Raises OSError where the index does not answer, KeyError where it tells no times.
    """
    versions = locked()
    packages = {name: asdict(_told(index.rstrip("/"), name, versions.get(name, ""))) for name in direct()}
    return {"seen": datetime.now(UTC).date().isoformat(), "packages": packages}


def _told(index: str, name: str, version: str) -> Releases:
    with urlopen(Request(f"{index}/{name}/", headers={"Accept": _FORM}), timeout=_SECONDS) as answer:
        files = json.load(answer)["files"]
    days: dict[Version, str] = {}
    for file in files:
        day = file["upload-time"][:10]
        if released := _version(file["filename"]):
            days[released] = min(days.get(released, day), day)
    newest = max(release for release in days if not release.is_prerelease)
    locked_on = days.get(Version(version), "") if version else ""
    return Releases(version, locked_on, str(newest), days[newest], len(days), _keeper_of(name))


def _version(filename: str) -> Version | None:
    """The version of a wheel or a source archive; None for the formats of old."""
    try:
        if filename.endswith(".whl"):
            return parse_wheel_filename(filename)[1]
        return parse_sdist_filename(filename)[1]
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None


def _keeper_of(name: str) -> str:
    """Whom the installed package names: its maintainers, else its authors, without their addresses."""
    try:
        facts = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return "not installed where this was asked"
    for field in ("Maintainer", "Maintainer-email", "Author", "Author-email"):
        told = _ADDRESS.sub("", ", ".join(facts.get_all(field) or [])).replace('"', "").strip(" ,")
        if len(told) > _LONGEST:
            return f"{told[:_LONGEST].rpartition(', ')[0] or told.partition(' and ')[0]}, ..."
        if told:
            return told
    return "names nobody"


def main() -> int:
    """Write the file; returns 0, or 2 without an index."""
    if len(sys.argv) != 2:
        print("usage: python -m docs.releases INDEX (the address of a package index, ending in /simple)")
        return 2
    RELEASES.write_text(json.dumps(ask(sys.argv[1]), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
