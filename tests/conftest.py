"""Labs that tests share: a bare one (network and agents) for all, one with the full stack for the stories.

Property tests have no deadline: how long an example takes says more of the machine's load than of the code.
``make test`` runs four files beside each other (pytest-xdist): the stories mostly wait while the others compute.
There is one ``conftest.py``, as modules of the tests have one name each (mypy); the tracker's fixtures are a plugin.
"""

import os
import platform
import shutil
from collections.abc import Generator, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from efforts import EFFORT
from hypothesis import settings
from labs import SharedCity, started
from tracing import leave_yaml_untraced, untraced, walks_again
from tree import TESTS
from xdist.scheduler import LoadFileScheduling

from lab.client import Lab
from lab.options import Options

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
leave_yaml_untraced()

CITY = SharedCity()

# 36 of 1,024 shares: two cities in labs measure seconds beside what computes.
STORIES, GIVING_WAY = "tests/stories", 15
# Stories that mostly wait for minutes to pass, or have parts of their own: in another process, beside the others, so
# that both take as long.
APART = ("2_cut_link", "9_ill_lines", "9_two_witnesses", "full_disk")
WAITING = frozenset(f"{STORIES}/test_story_{name}.py" for name in APART)
# Minutes of walks over every page: each role's are handed out by themselves, and early.
WALKS = "tests/request_tracker/web/test_hostile_values.py"
PLUGINS = {TESTS / "request_tracker": "tracker_fixtures", TESTS / "exporter/flows": "flow_lane"}


# Only Debian 12 has a package of ClickHouse, which ``lab/packages`` installs there; elsewhere the run says so.
_SYSTEM = platform.freedesktop_os_release()
_CLICKHOUSE = (_SYSTEM["ID"], _SYSTEM.get("VERSION_ID")) == ("debian", "12") or shutil.which("clickhouse-server")
collect_ignore = [] if _CLICKHOUSE else ["exporter/flows/history/test_flows_clickhouse.py"]
# The same for vmalert of the package victoria-metrics.
_VICTORIA = (_SYSTEM["ID"], _SYSTEM.get("VERSION_ID")) == ("debian", "12") or shutil.which("vmalert")
_BY_VICTORIA = ("alert_rules/test_alerts_vmalert_real.py", "request_tracker/evidence/test_evidence_victoria.py")
collect_ignore += [] if _VICTORIA else _BY_VICTORIA


class StoriesInTwo(LoadFileScheduling):  # type: ignore[misc]  # xdist ships no types
    """Each file of tests is run by one process, all stories but one file by two: those of each share a city's lab."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        if file == WALKS:
            return nodeid
        if file in WAITING:
            return f"{STORIES} that wait"
        return STORIES if file.startswith(STORIES) else file


def pytest_report_header() -> list[str]:
    """What this system cannot run, at the head of every run."""
    return [f"not run: tests/{file}: this system has no package of what it tries" for file in collect_ignore]


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> StoriesInTwo:
    """Files are handed out in the order collected (below), not by how many tests they hold."""
    config.option.loadscopereorder = False
    return StoriesInTwo(config, log)


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> None:
    """A folder's fixtures are loaded with its tests: the tracker's import Flask, Playwright and all of the tracker."""
    if path in PLUGINS:
        parent.config.pluginmanager.import_plugin(PLUGINS[path])


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makeitem() -> Generator[None, object, object]:
    """Twelve thousand tests are made of their functions, in each process."""
    with untraced():
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """What walks again what others walk is not counted, with its fixtures."""
    with untraced() if walks_again(item.nodeid) else nullcontext():
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that at the end no process waits for the other.

    Stories, browsers, walks, then what was given a limit of its own, which is what waits: a bench, real programs.
    """

    def place(item: pytest.Item) -> tuple[bool, bool, bool, float]:
        story, limit = item.nodeid.startswith(STORIES), item.get_closest_marker("timeout")
        walk, browser = item.nodeid.startswith(WALKS), "browser" in item.keywords
        # The stories stay in their order: they share a city.
        return not story, not browser, not walk, -float(limit.args[0]) if limit and not story else 0.0

    items.sort(key=place)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Beside the stories, whose seconds are measured, every other process gives way for the processor."""
    if hasattr(item.config, "workerinput") and not item.nodeid.startswith(STORIES) and os.nice(0) == 0:
        os.nice(GIVING_WAY)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Clicks and seconds that the browser's stories counted, whichever process ran them."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.getreports(kind)]
    told = [str(line) for report in reports for name, line in report.user_properties if name == EFFORT]
    if told:
        terminalreporter.section("clicks and seconds of the browser's stories")
        for line in told:
            terminalreporter.line(line)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """The city ends with the last story: its programs take a fifth of a processor also while nobody asks them."""
    try:
        return (yield)
    finally:
        if item.nodeid.startswith(STORIES) and not (nextitem and nextitem.nodeid.startswith(STORIES)):
            CITY.end()


@pytest.fixture(scope="session")
def _bare_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with started(tmp_path_factory.mktemp("bare-lab"), Options(stack=False, hour=None)) as lab:
        yield lab


@pytest.fixture
def bare_lab(_bare_lab: Lab) -> Iterator[Lab]:
    """The city's network with snmpd and NetFlow, whole again after each test. No stack, no traffic of its own."""
    yield _bare_lab
    _bare_lab.restore()


@pytest.fixture(scope="module")
def _city_lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return CITY.lab(tmp_path_factory)


@pytest.fixture
def city_lab(_city_lab: Lab) -> Iterator[Lab]:
    """The city with the whole stack, whole again after each test: faults healed, services running, no traffic."""
    yield _city_lab
    _city_lab.restore()
