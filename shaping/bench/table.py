"""A row of the table: what was measured, its goal, and whether it is held. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class BenchRow:
    """``most`` and ``least`` are the goal's bounds; a row without either is a figure to plan with.

    ``value`` None could not be measured here; ``note`` says why, or what the figure is of.
    """

    title: str
    value: float | None
    unit: str
    most: float | None = None
    least: float | None = None
    note: str = ""

    @property
    def meets_goal(self) -> bool:
        """False also for what has a goal and could not be measured."""
        if self.most is None and self.least is None:
            return True
        if self.value is None:
            return False
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    @property
    def goal(self) -> str:
        """As the table shows it; '' without one."""
        bounds = [f"<= {self.most:g}" if self.most is not None else "", f">= {self.least:g}" if self.least else ""]
        return " and ".join(bound for bound in bounds if bound)


def lines(rows: Iterable[BenchRow]) -> list[str]:
    """The table as text, columns in line."""
    shown = [("measured", "value", "goal", "held")]
    for row in rows:
        value = "not measured" if row.value is None else f"{row.value:,.4g} {row.unit}".strip()
        title = f"{row.title} ({row.note})" if row.note else row.title
        shown.append((title, value, row.goal, ("yes" if row.meets_goal else "NO") if row.goal else ""))
    widths = [max(len(row[column]) for row in shown) for column in range(4)]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in shown]
