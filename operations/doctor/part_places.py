"""Where each part answers: as the settings of this machine say, and where nobody does, as Prometheus reads it.

So the same walk serves one machine, Compose with a container for each part, and parts on machines of their own.
"""

from dataclasses import dataclass, field
from functools import cached_property

from operations.doctor import machine
from operations.doctor.monitoring import MonitoringApi
from operations.install.services import InstalledPart
from runtime.bounded_http import Answer

# What a part that listens everywhere is asked at from here.
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]", "": "127.0.0.1"}


@dataclass
class PartPlaces:
    """``listens`` by part, of this machine's settings."""

    listens: dict[InstalledPart, str]
    monitoring: MonitoringApi
    _answering: dict[InstalledPart, str] = field(default_factory=dict)

    @property
    def parts(self) -> list[InstalledPart]:
        """Parts of this machine, then those that Prometheus reads elsewhere."""
        return list(dict.fromkeys((*self.listens, *self._bases)))

    @cached_property
    def _bases(self) -> dict[InstalledPart, str]:
        return self.monitoring.bases()

    def page(self, part: InstalledPart, path: str) -> Answer | None:
        """One page of a part; None where it answers in neither place."""
        if part in self._answering:
            return machine.answer(f"{self._answering[part]}{path}")
        for base in self._candidates(part):
            if (answer := machine.answer(f"{base}{path}")) is not None:
                self._answering[part] = base
                return answer
        return None

    def _candidates(self, part: InstalledPart) -> list[str]:
        bases = [_base(self.listens[part])] if part in self.listens else []
        if part in self._bases:
            bases.append(self._bases[part])
        return list(dict.fromkeys(bases))


def _base(listen: str) -> str:
    host, _, port = listen.rpartition(":")
    return f"http://{_EVERYWHERE.get(host, host)}:{port}"
