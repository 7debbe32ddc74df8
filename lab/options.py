"""What a lab is started with: chosen at the terminal, handed on as JSON. Holds no secret."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

# Loopback ports of the machine: the services' own with a 1 before them, so that an installed one is not in the way.
PORTS = {
    "tracker": 19820,
    "inbox": 19840,
    "prometheus": 19890,
    "alertmanager": 19893,
    "exporter-snmp": 19810,
    "exporter-watch": 19811,
    "exporter-flows": 19812,
    "shaping": 19830,
}
EXAMPLE_CITY = Path(__file__).resolve().parent.parent / "inventory" / "example" / "city.yaml"
EXAMPLE_ALLOCATIONS = EXAMPLE_CITY.parent / "allocations.csv"


@dataclass(frozen=True)
class Options:
    """``stack`` is False for the bare network with its agents; ``hour`` is None for no traffic.

    ``made_up_until`` (Unix seconds): a month of invented history ends there; None for no history.
    """

    city: str = str(EXAMPLE_CITY)
    allocations: str = str(EXAMPLE_ALLOCATIONS)
    netflow: str = "ipfix"
    stack: bool = True
    hour: float | None = 9.0
    ports: dict[str, int] = field(default_factory=lambda: dict(PORTS))
    made_up_until: float | None = None

    def to_json(self) -> str:
        """The options as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Options":
        """The options back."""
        return cls(**json.loads(text))
