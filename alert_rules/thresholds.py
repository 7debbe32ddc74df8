"""The numbers of the rules that an office may set its own: a name and a number in, the rule's text with it out. Pure.

The shipped rules hold the usual numbers, so that they are rules as they stand and their tests are of those. Where a
number also stands in the alert's words, both change together.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from alert_rules import AlertsError


@dataclass(frozen=True)
class Threshold:
    """``compare`` is what stands before the number in the alert's expression; ``words`` how a text says it.

    ``scale`` makes the expression's number the one of the words (a ratio is told in per cent).
    """

    alert: str
    compare: str
    usual: float
    words: str = ""
    scale: float = 1.0

    def in_expression(self, number: float) -> str:
        """As PromQL has it."""
        return f"{self.compare} {number:.12g}"

    def in_words(self, number: float) -> str:
        """As a person reads it, with a decimal comma."""
        return self.words.format(f"{number * self.scale:g}".replace(".", ",")) if self.words else ""


PER_CENT = 100.0
MILLISECONDS = 1000.0
THRESHOLDS = {
    "opd_near_allocation_ratio": Threshold("LebarpitaOpdNearAllocation", ">", 0.9, "{} %", PER_CENT),
    "opd_at_allocation_ratio": Threshold("LebarpitaOpdAtAllocation", "[1h]) >", 0.9),
    "opd_reclaimable_ratio": Threshold("LebarpitaOpdReclaimable", "<", 0.1),
    "uplink_nearly_full_ratio": Threshold("LebarpitaUplinkNearlyFull", ">", 0.9),
    "uplink_overcommitted_ratio": Threshold("LebarpitaUplinkOvercommitted", ">", 0.95, "{} %", PER_CENT),
    "link_slow_seconds": Threshold("LebarpitaLinkSlow", ">", 0.3, "{} ms", MILLISECONDS),
    "link_errors_per_second": Threshold("LebarpitaLinkErrors", ">", 1),
    "link_discards_per_second": Threshold("LebarpitaLinkDiscards", ">", 10),
    "flow_loss_ratio": Threshold("LebarpitaFlowLoss", ">", 0.001),
    "flow_unassigned_ratio": Threshold("LebarpitaFlowUnassigned", ">", 0.02),
    "backup_age_seconds": Threshold("LebarpitaBackupTooOld", ">", 172800),
}


def with_thresholds(text: str, wanted: Mapping[str, float]) -> str:
    """A rule file's text with the office's numbers in the place of the usual ones."""
    # A rule begins with six spaces and a dash; what stands before the first is the group's head.
    rules = re.split(r"(?m)^(?=      - (?:alert|record): )", text)
    return "".join(_changed(rule, wanted) for rule in rules)


def _changed(rule: str, wanted: Mapping[str, float]) -> str:
    alert = re.match(r" +- alert: (\w+)\n", rule)
    for name, number in wanted.items():
        threshold = THRESHOLDS[name]
        if alert is None or alert[1] != threshold.alert:
            continue
        old, new = threshold.in_expression(threshold.usual), threshold.in_expression(number)
        expression, words, rest = rule.partition("        annotations:\n")
        if not re.search(_whole(old), expression):
            raise AlertsError(f"{threshold.alert}: {old!r} is not in its rule any more; mend alert_rules/thresholds.py")
        expression = re.sub(_whole(old), new.replace("\\", r"\\"), expression)
        if threshold.words:
            rest = re.sub(_whole(threshold.in_words(threshold.usual)), threshold.in_words(number), rest)
        rule = expression + words + rest
    return rule


def _whole(text: str) -> str:
    """The text where no digit goes on before or behind it."""
    return rf"(?<![\d.,]){re.escape(text)}(?![\d.,]\d|\d)"
