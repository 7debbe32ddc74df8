"""The stack of the demo: Prometheus, Alertmanager and the rooms' services, with their configuration files."""

from collections.abc import Callable
from dataclasses import dataclass, field

from inventory.model import City
from lab.options import Options
from lab.places import Places
from lab.plan import Plan
from lab.services import Services


@dataclass
class Stack:
    """What was made known, in the order it starts, and where each face stands inside."""

    services: Services
    order: list[str] = field(default_factory=list)
    faces: dict[str, tuple[str, int]] = field(default_factory=dict)

    def start(self, say: Callable[[str], None]) -> None:
        """Start everything, saying each."""
        for name in self.order:
            say(f"starting {name}")
            self.services.start(name)


def add_stack(
    city: City, plan: Plan, places: Places, services: Services, options: Options, secrets: dict[str, str]
) -> Stack:
    """Write the configuration files and make the services known; starts none."""
    return Stack(services)
