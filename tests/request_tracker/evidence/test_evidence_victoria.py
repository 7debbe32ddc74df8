"""The evidence out of a real VictoriaMetrics: the answers that a plain reckoning gives, as out of Prometheus."""

import re
from collections.abc import Iterator

import pytest
from children import until
from known_histories import NOW, evidence, histories, judged_as_reckoned, know_ceilings
from use_histories import text
from victoria_real import feed, victoria

from request_tracker.cases import Desk
from request_tracker.evidence import prometheus
from request_tracker.evidence.prometheus import Prometheus
from runtime.bounded_http import Bounds

# Lines of one sending: a few megabytes, far under what the database takes.
_LINES_AT_ONCE = 50_000


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A real VictoriaMetrics that has stored the same samples; its usual month of retention would end within them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prometheus, "_BOUNDS", Bounds(60.0, 61.0, prometheus.MOST_BYTES))
        folder = tmp_path_factory.mktemp("victoria")
        with victoria(folder, "-retentionPeriod=24", "-search.disableCache") as url:
            # OpenMetrics' moments are seconds, those of this format milliseconds.
            lines = [
                re.sub(r" (\d+)$", r" \g<1>000", line)
                for line in text(histories()).splitlines()
                if line and not line.startswith("#")
            ]
            for first in range(0, len(lines), _LINES_AT_ONCE):
                feed(url, "\n".join(lines[first : first + _LINES_AT_ONCE]) + "\n")
            past = Prometheus(url)
            # What was sent is found as soon as its index is written, which takes it some seconds.
            series = 'count(count_over_time({__name__=~"lebarpita_opd_.*"}[31d]))'
            sent = len({line.rpartition("}")[0] for line in lines})
            until(lambda: past.first_value(series, NOW.timestamp()) == sent, "every series is found")
            yield past


@pytest.fixture
def month(desk: Desk) -> Desk:
    """The desk with the ceilings of these thirty days."""
    return know_ceilings(desk)


@pytest.mark.parametrize("opd", ["dinkes", "rsud", "dishub", "dpupr"])
@pytest.mark.parametrize("way", ["receive", "transmit"])
def test_BTM_06_p95_peak_and_hours_out_of_victoriametrics_are_those_of_a_plain_reckoning(
    past: Prometheus, month: Desk, opd: str, way: str
) -> None:
    judged_as_reckoned(past, month, opd, way)


def test_gaps_doubles_and_what_cannot_be_are_judged_as_out_of_prometheus(past: Prometheus, month: Desk) -> None:
    assert evidence(past, month, "bappeda", 30).verdict == "belum_dinilai"
    assert evidence(past, month, "dinkes", 25, 20).verdict == "disarankan"
    assert 20.9 < evidence(past, month, "dpupr", 30, 20).measured_days < 21
    assert "tidak dapat dipercaya" in evidence(past, month, "bpkad", 30, 20).reason.indonesian
    assert ["aliran (flow) mencatat 60 %" in note.indonesian for note in evidence(past, month, "satpolpp", 30).notes]
