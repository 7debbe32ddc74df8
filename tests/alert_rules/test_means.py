"""The recorded five-minute means beside a plain reckoning: what boards and alerts call p95, peak and hours is exact.

The rule's own expression is asked at the moments at which a group of rules runs, of each Prometheus that is there
(LEBARPITA_PROMETHEUS) and of VictoriaMetrics. A day of counters with what goes wrong with them; nothing is scraped.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from ruamel.yaml import YAML
from tracker_office import MBIT
from tracker_tsdb import serving_past
from use_histories import (
    END,
    STEP,
    Counter,
    Sample,
    counted,
    later,
    moment,
    office_hours,
    plain_hours,
    plain_means,
    plain_p95,
    text,
    without,
)
from victoria_real import feed, victoria

from alert_rules import RULES

BEGIN = END - 86_400
CEILING = 20 * MBIT
# Where in its five minutes a group runs is Prometheus' own choice: just after their begin, and in their middle.
PHASES = (3.5, 137.25)
PROGRAMS = ("prometheus", *filter(None, os.environ.get("LEBARPITA_PROMETHEUS", "").split(":")))


def day(samples: tuple[Sample, ...]) -> tuple[Sample, ...]:
    return tuple(sample for sample in samples if sample[0] >= BEGIN - 2 * STEP)


def late(samples: tuple[Sample, ...]) -> tuple[Sample, ...]:
    """The same where each scrape comes up to nine seconds late."""
    random = Random(3)
    each = ((pair, random.choice((0, 0, 1, 2, 9))) for pair in pairwise(samples))
    return tuple(
        (at + by, value + max(following - value, 0) * by // (after - at))
        for ((at, value), (after, following)), by in each
    )


@cache
def histories() -> Mapping[str, tuple[Counter, ...]]:
    """One OPD for each way to count; the one that is looked at comes first."""
    busy = office_hours(18, 3, seed=1)
    minute = day(counted(busy))
    resets = tuple(moment(29, hour) for hour in (3.01, 4.1, 5.05, 9))
    return {
        "constant": (Counter(day(counted(lambda _: 10 * MBIT))),),
        "bursty": (Counter(minute),),
        "one-minute-in-seven": (Counter(day(counted(lambda at: MBIT * (20 if at // 60 % 7 == 0 else 1)))),),
        "reset": (Counter(day(counted(busy, resets=resets))),),
        "gap": (Counter(without(minute, moment(29, 2), moment(29, 9))),),
        "missed": (Counter(tuple(sample for sample in minute if sample[0] // 60 % 17)),),
        "late": (Counter(late(minute)),),
        # Of two instances the one that asked last before the end: what it counted is looked at.
        "twice": (Counter(later(minute, 27), "b"), Counter(minute)),
        "each-15-s": (Counter(day(counted(busy, 15, 7))),),
        "each-5-min": (Counter(day(counted(busy, STEP))),),
        "queue": (Counter(minute, source="queue"),),
        "flow": (Counter(minute, source="flow"),),
    }


def expression(record: str) -> str:
    rules = YAML(typ="safe").load((RULES / "means.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    return str(next(rule["expr"] for rule in rules if rule["record"] == record))


@cache
def recorded(url: str, phase: float) -> dict[str, dict[int, float]]:
    """What a group that runs at this phase would have recorded in the day, by the begin of its five minutes."""
    means: dict[str, dict[int, float]] = {opd: {} for opd in histories()}
    for run in range(BEGIN + STEP, END + STEP, STEP):
        # vmalert gives its step, five minutes; Prometheus knows none at an instant.
        question = urlencode({"query": expression("opd:receive:mean5m"), "time": run + phase, "step": "5m"})
        with urlopen(f"{url}/api/v1/query?{question}", timeout=120) as answer:
            rows = json.load(answer)["data"]["result"]
        for row in rows:
            means[row["metric"]["opd"]][int(run + phase - 60) // STEP * STEP - STEP] = float(row["value"][1])
    return means


def plain(opd: str) -> dict[int, float]:
    means = plain_means(histories()[opd][0].samples)
    return {at: mean for at, mean in means.items() if at >= BEGIN}


def compare(means: Mapping[str, Mapping[int, float]]) -> None:
    """Fails where a mean is missing, too many or other than reckoned, or a figure of them is."""
    for opd in histories():
        mine, right = {at: mean for at, mean in means[opd].items() if BEGIN <= at < END - STEP}, plain(opd)
        right.pop(END - STEP, None)
        assert mine.keys() == right.keys(), opd
        assert mine == pytest.approx(right, rel=1e-9), opd
        assert plain_p95(mine) == pytest.approx(plain_p95(right)) and max(mine.values()) == max(right.values()), opd
        hours = [plain_hours(each, lambda _: CEILING, 0.8) for each in (mine, right)]
        assert hours[0] == hours[1], opd


@pytest.fixture(scope="module", params=PROGRAMS)
def counters(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Prometheus over the day."""
    past = text({opd: {"receive": counters} for opd, counters in histories().items()})
    with serving_past(tmp_path_factory.mktemp("day"), past, request.param) as address:
        yield address


@pytest.mark.parametrize("phase", PHASES)
def test_BTM_06_every_recorded_mean_is_that_of_a_plain_reckoning(counters: str, phase: float) -> None:
    compare(recorded(counters, phase))


def test_a_set_back_counter_and_a_gap_measured_nothing(counters: str) -> None:
    means = recorded(counters, PHASES[1])
    assert len(means["bursty"]) - len(means["reset"]) == 4
    assert len(means["bursty"]) - len(means["gap"]) == 7 * 12 + 1
    assert 0.0 not in means["gap"].values() and min(means["reset"].values()) > MBIT


def test_victoriametrics_records_the_same(tmp_path: Path) -> None:
    with victoria(tmp_path, "-retentionPeriod=10y") as url:
        for opd, each in histories().items():
            feed(url, "".join(line(opd, counter)(at, value) for counter in each for at, value in counter.samples))
        with urlopen(f"{url}/internal/force_flush", timeout=120):
            compare(recorded(url, PHASES[1]))


def line(opd: str, counter: Counter) -> Callable[[int, int], str]:
    labels = f'opd="{opd}",source="{counter.source}",instance="{counter.instance}",scope="internet"'
    return lambda at, value: f"lebarpita_opd_receive_bytes_total{{{labels}}} {value} {at * 1000}\n"
