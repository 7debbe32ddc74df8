"""The doctor on a city that runs: all is well, then each part is killed in turn and is what it names first."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from office import until

from lab.client import Lab
from lab.plan import NOC

pytestmark = [pytest.mark.lab, pytest.mark.timeout(1800)]
# What the machine of the tests is like, and no fault of the city: its clock, its network cards, its disk, its age.
MACHINE = {"clock", "disk", "kind of disk", "bundles of frames"}


def walked(lab: Lab) -> dict[str, dict[str, Any]]:
    """Step to what ``lebarpita doctor --all`` says of it, in order."""
    command = (sys.executable, "-m", "operations.cli", "doctor", "--all", "--json", "--etc", str(lab.paths.config))
    rows = json.loads(lab.run(NOC, *command, timeout=300, check=False).stdout)
    return {row["step"]: row for row in rows if row["step"] not in MACHINE}


def red(lab: Lab) -> list[tuple[str, str]]:
    """Step and English sentence of what is wrong, in the order of the walk."""
    return [(step, row["wrong"][1]) for step, row in walked(lab).items() if not row["ok"]]


def first(lab: Lab, step: str, words: str) -> bool:
    """Whether the first thing that is wrong is this."""
    wrong = red(lab)
    return bool(wrong) and wrong[0][0] == step and words in wrong[0][1]


@pytest.fixture
def well_lab(city_lab: Lab) -> Iterator[Lab]:
    """The city with traffic, so that flows come, and with nothing wrong."""
    city_lab.traffic(9.0)
    until("nothing is wrong", lambda: not red(city_lab), 900, 2)
    yield city_lab
    city_lab.traffic(None)


def test_a_city_that_is_well_is_green_at_every_step_and_says_what_it_saw(well_lab: Lab) -> None:
    steps = walked(well_lab)
    parts = [f"lebarpita-{part}" for part in ("snmp", "watch", "flows", "tracker", "shaping")]
    assert list(steps)[:2] == ["settings", "names (DNS)"] and set(parts) < set(steps)
    assert "datagrams from 10.255.0.1" in steps["flows arrive"]["said"][1]
    assert steps["SNMP of devices"]["said"][1] == "5 devices, with backbone, distribution"


@pytest.mark.parametrize(
    ("part", "step", "sentence"),
    [
        ("snmp", "lebarpita-snmp", "does not answer"),
        ("watch", "lebarpita-watch", "does not answer"),
        ("flows", "lebarpita-flows", "does not answer"),
        # It stands on another machine: without Prometheus nobody would know where.
        ("shaping", "lebarpita-shaping", "does not answer"),
        ("prometheus", "Prometheus scrapes", "Prometheus does not answer"),
        ("alertmanager", "Prometheus scrapes", "lebarpita-alertmanager"),
        # The last: what Alertmanager could not deliver meanwhile is red for the minutes in which it is tried again.
        ("tracker", "lebarpita-tracker", "does not answer"),
    ],
)
def test_a_part_that_was_killed_is_the_first_thing_that_is_wrong(
    well_lab: Lab, part: str, step: str, sentence: str
) -> None:
    well_lab.kill_service(part)
    wanted = step if part != "prometheus" else "lebarpita-shaping"
    # Where Prometheus is dead, the agent's machine is not known either: the walk goes in the order of the data.
    words = sentence if part != "prometheus" else "does not answer"
    until(f"{part} is named", lambda: first(well_lab, wanted, words), 180, 1)
    assert (step, True) in [(name, sentence in wrong) for name, wrong in red(well_lab)]
    well_lab.start_service(part)
