"""What a profile may measure: a word to its metric, its base unit, what is plausible and how other units become it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from exporter.metrics import Metric
from exporter.snmp import metrics as device
from exporter.snmp.profiles import metrics as m

Combine = Literal["mean", "most", "least", "sum"]
Convert = Callable[[float], float]


@dataclass(frozen=True)
class Quantity:
    """One measurable thing. ``labels`` beside the device: none, an item, or an item with its link and medium.

    ``low`` and ``high`` are the metrics of its thresholds; values outside of ``plausible`` are no reading.
    """

    metric: Metric
    base: str
    plausible: tuple[float, float]
    combine: Combine = "mean"
    low: Metric | None = None
    high: Metric | None = None

    @property
    def has_medium(self) -> bool:
        """Whether it belongs to a kind of line."""
        return "medium" in self.metric.labels

    @property
    def has_item(self) -> bool:
        """Whether each row is a series; else the rows of a device are combined."""
        return len(self.metric.labels) > 1


# No transmitter of these is stronger, no receiver hears less.
_DBM = (-130.0, 60.0)
_STATE = (0.0, 1.0)
# A ratio above 1 is a UPS that is overloaded, or an agent that rounds; far above it is nonsense.
_RATIO = (0.0, 2.0)
# 10 Tbit/s.
_RATE = (0.0, 1.25e12)

QUANTITIES: Mapping[str, Quantity] = {
    "signal_receive": Quantity(m.SIGNAL_RECEIVE, "dBm", _DBM, low=m.SIGNAL_RECEIVE_LOW),
    "signal_receive_low": Quantity(m.SIGNAL_RECEIVE_LOW, "dBm", _DBM),
    "signal_transmit": Quantity(m.SIGNAL_TRANSMIT, "dBm", _DBM),
    "signal_noise": Quantity(m.SIGNAL_NOISE, "dBm", _DBM),
    "signal_to_noise": Quantity(m.SIGNAL_TO_NOISE, "dB", (-50.0, 100.0)),
    "signal_quality": Quantity(m.SIGNAL_QUALITY, "ratio", _RATIO),
    "signal_modulation": Quantity(m.SIGNAL_MODULATION, "level", (0.0, 1000.0), low=m.SIGNAL_MODULATION_LOW),
    "signal_receive_capacity": Quantity(m.SIGNAL_RECEIVE_CAPACITY, "byte/s", _RATE),
    "signal_transmit_capacity": Quantity(m.SIGNAL_TRANSMIT_CAPACITY, "byte/s", _RATE),
    # A laser that draws an ampere has burnt.
    "signal_bias": Quantity(m.SIGNAL_BIAS, "A", (0.0, 1.0)),
    "signal_up": Quantity(m.SIGNAL_UP, "state", _STATE),
    "bgp_session_up": Quantity(m.BGP_UP, "state", _STATE),
    "poe_used": Quantity(m.POE_USED, "W", (0.0, 1e5)),
    "poe_size": Quantity(m.POE_SIZE, "W", (0.0, 1e5)),
    "poe_fault": Quantity(m.POE_FAULT, "state", _STATE),
    "ups_on_battery": Quantity(m.UPS_ON_BATTERY, "state", _STATE, "most"),
    "ups_charge": Quantity(m.UPS_CHARGE, "ratio", _RATIO, "least"),
    # Ten days.
    "ups_runtime": Quantity(m.UPS_RUNTIME, "s", (0.0, 864_000.0), "least"),
    "ups_load": Quantity(m.UPS_LOAD, "ratio", _RATIO, "most"),
    "cpu_load": Quantity(device.DEVICE_CPU, "ratio", _RATIO),
    "memory_used": Quantity(m.MEMORY_RATIO, "ratio", _RATIO, "most"),
    # Neither in an office nor on a mast.
    "temperature": Quantity(device.DEVICE_TEMPERATURE, "celsius", (-60.0, 200.0), high=m.TEMPERATURE_HIGH),
    "temperature_high": Quantity(m.TEMPERATURE_HIGH, "celsius", (-60.0, 200.0)),
}


def _same(value: float) -> float:
    return value


def _times(factor: float) -> Convert:
    return lambda value: value * factor


def _dbm(milliwatts: float) -> Convert:
    # No light at all has no figure in dBm: NaN, which is no reading.
    return lambda value: 10 * math.log10(value * milliwatts) if value > 0 else math.nan


# By base unit, what a profile may write as ``unit``.
UNITS: Mapping[str, Mapping[str, Convert]] = {
    "dBm": {"dBm": _same, "W": _dbm(1000), "mW": _dbm(1), "uW": _dbm(0.001)},
    "dB": {"dB": _same},
    "ratio": {"ratio": _same, "percent": _times(0.01)},
    "byte/s": {"byte/s": _same, "bit/s": _times(0.125), "kbit/s": _times(125), "Mbit/s": _times(125_000)},
    "A": {"A": _same, "mA": _times(0.001), "uA": _times(0.000001)},
    "W": {"W": _same, "mW": _times(0.001)},
    "s": {"s": _same, "minutes": _times(60), "hundredths": _times(0.01)},
    "celsius": {"celsius": _same, "fahrenheit": lambda value: (value - 32) / 1.8},
    "level": {"level": _same},
    "state": {"state": _same},
}
