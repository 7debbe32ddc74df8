"""A measured figure of the benchmark of the flows, and what it is held to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FlowFigure:
    """One measured figure; ``limit`` is what it is held to, ``most`` True where it must not be above it."""

    name: str
    value: float
    unit: str = ""
    limit: float | None = None
    most: bool = False

    @property
    def met(self) -> bool:
        """True where it is within its limit, or has none."""
        return self.limit is None or (self.value <= self.limit if self.most else self.value >= self.limit)
