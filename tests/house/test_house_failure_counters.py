"""Each counter of failures has an alert that reads it, or its reason why none does."""

import re

import pytest

from alert_rules.unalerted import UNALERTED
from dashboards import contract
from docs import generate

FAILURES = r"fail|lost|drop|refus|error|undecoded|malformed|spoilt|discard|forgotten|late_total|absurd|unsampled|former"
COUNTERS = sorted(
    {e.name for e in generate.catalogue() if e.kind == "counter" and re.search(FAILURES, e.name)},
)
RULES = list(generate._rules())
RECORDED = {str(rule["record"]): str(rule["expr"]) for rule in RULES if "record" in rule}


def metrics_of(expression: str) -> set[str]:
    """What an expression reads, through what is recorded for it."""
    found: set[str] = set()
    waiting = [expression]
    while waiting:
        for name in contract.metric_names(waiting.pop()):
            if name not in found:
                found.add(name)
                waiting += [RECORDED[name]] if name in RECORDED else []
    return found


ALERTED = {name for rule in RULES if "alert" in rule for name in metrics_of(str(rule["expr"]))}


@pytest.mark.parametrize("counter", COUNTERS)
def test_a_counter_of_failures_has_an_alert_or_its_reason(counter: str) -> None:
    assert (counter in ALERTED) is not (counter in UNALERTED), "one of both: an alert, or a reason in unalerted.py"


def test_no_reason_is_left_of_a_counter_that_is_gone() -> None:
    assert sorted(UNALERTED.keys() - set(COUNTERS)) == []
    assert len(COUNTERS) > 20


@pytest.mark.parametrize("counter", sorted(UNALERTED))
def test_an_alert_that_a_reason_names_exists(counter: str) -> None:
    alerts = {str(rule["alert"]) for rule in RULES if "alert" in rule}
    assert set(re.findall(r"Lebarpita\w+", UNALERTED[counter])) <= alerts
