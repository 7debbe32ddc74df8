"""Profiles from their files: the shipped folder and an office's own in, checked profiles out.

A file of the office replaces the shipped one of the same name. Every fault is told with its file, key, value and what
to write instead; one file in error starts nothing, so that nobody believes a device watched that is not.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from exporter.errors import ExporterError
from exporter.snmp.profiles.model import Profile
from runtime.lined_yaml import UnreadableError, read_unlined

SHIPPED = Path(__file__).parent / "shipped"
# The longest that is shipped has 8 kB; a wrong path may name a disk image.
MOST_BYTES = 1_000_000


def load_profiles(own: Path | None = None) -> tuple[Profile, ...]:
    """Every profile, the office's own first. Raises ExporterError with every fault, one a line."""
    if own is not None and not own.is_dir():
        raise ExporterError(f"{own}: is no folder of device profiles; make it, or leave snmp.profiles out")
    faults: list[str] = []
    profiles: dict[str, Profile] = {}
    for path in (*(sorted(own.glob("*.yaml")) if own else ()), *sorted(SHIPPED.glob("*.yaml"))):
        if path.stem in profiles:
            continue
        try:
            profiles[path.stem] = read_profile(path)
        except ExporterError as error:
            faults.append(str(error))
    if faults:
        raise ExporterError("\n".join(faults))
    return tuple(profiles.values())


def read_profile(path: Path) -> Profile:
    """One file, checked. Raises ExporterError."""
    try:
        tree = read_unlined(path, MOST_BYTES)
    except UnreadableError as error:
        raise ExporterError(str(error)) from error
    if not isinstance(tree, dict):
        raise ExporterError(f"{path}: is no profile; it begins with title, mib, applies and readings")
    try:
        return Profile.model_validate({"name": path.stem, **tree})
    except ValidationError as error:
        # pydantic's own rows: a place, the value and the sentence.
        # A list is too short to it where its only rows are in error: that is no fault of its own.
        errors: Sequence[Any] = error.errors()
        rows = [row for row in errors if row["type"] != "too_short"] or errors
        raise ExporterError("\n".join(_fault(path, row) for row in rows)) from error


def _fault(path: Path, row: Any) -> str:
    place, value_there = ".".join(map(str, row["loc"])), row.get("input")
    value = f" (it is {value_there!r})" if isinstance(value_there, str | int | float) else ""
    hint = "; see docs/how-to/device-profiles.md" if row["type"] in ("extra_forbidden", "missing") else ""
    return f"{path}: {place}: {row['msg'].removeprefix('Value error, ')}{value}{hint}"
