"""The images hold every package of the wheel, and the versions of the one lock; they are built by ``make compose``."""

import re
import tomllib

import pytest
from tree import ROOT


def test_every_package_of_the_wheel_is_copied_into_the_image() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    copied = re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(packages) == sorted(copied)


def versions(lock: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9.-]+==\S+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("image", ["network", "tracker"])
def test_an_image_has_the_versions_that_everything_else_is_tried_with(image: str) -> None:
    """Two locks that drift apart would try one thing and hand out another."""
    assert versions(f"requirements-{image}.lock") < versions("requirements.lock")


def test_the_image_of_the_network_carries_no_typesetter_and_that_of_the_tracker_no_flow_history() -> None:
    names = {
        image: {line.split("==")[0] for line in versions(f"requirements-{image}.lock")}
        for image in ("network", "tracker")
    }
    assert not names["network"] & {"typst", "matplotlib", "flask"} and "duckdb" not in names["tracker"]
