"""The metrics that device profiles fill. Few and fixed: a profile says where a value stands, never what it is called.

``medium`` is optical, onu, pon, radio or lte. ``item`` is the device's own name of the port, module or ONU. ``link`` is
the line of the city file whose end it is, '' where it is none.
"""

from exporter.metrics import PREFIX, Metric

_SIGNAL = ("device", "link", "medium", "item")
_ITEM = ("device", "item")
_DEVICE = ("device",)


def _signal(name: str, text: str) -> Metric:
    return Metric(f"{PREFIX}signal_{name}", "gauge", text, _SIGNAL)


def _gauge(name: str, text: str, labels: tuple[str, ...] = _DEVICE) -> Metric:
    return Metric(f"{PREFIX}{name}", "gauge", text, labels)


SIGNAL_RECEIVE = _signal("receive_dbm", "Power of the light or the radio signal that arrives.")
SIGNAL_RECEIVE_LOW = _signal(
    "receive_low_dbm", "Below it the line fails: the device's own threshold, else its profile's."
)
SIGNAL_TRANSMIT = _signal("transmit_dbm", "Power of the light or the radio signal that is sent.")
SIGNAL_NOISE = _signal("noise_dbm", "Noise of a radio.")
SIGNAL_TO_NOISE = _signal("to_noise_db", "A radio's signal over its noise.")
SIGNAL_QUALITY = _signal("quality_ratio", "Quality of a radio's connection (CCQ), 0 to 1.")
SIGNAL_MODULATION = _signal(
    "modulation_level", "Step of a radio's modulation as its maker counts (MCS); higher carries more."
)
SIGNAL_MODULATION_LOW = _signal("modulation_low_level", "The step that the profile expects at least.")
SIGNAL_RECEIVE_CAPACITY = _signal("receive_capacity_bytes_per_second", "What a radio can receive at its modulation.")
SIGNAL_TRANSMIT_CAPACITY = _signal("transmit_capacity_bytes_per_second", "What a radio can send at its modulation.")
SIGNAL_BIAS = _signal("bias_amperes", "Current of a laser; it rises as the laser ages.")
SIGNAL_UP = _signal("up", "1 while the other end is there: an ONU online, a PON port working.")

BGP_UP = _gauge("bgp_session_up", "1 while the session is established; the item is the neighbour's AS number.", _ITEM)
POE_USED = _gauge("poe_used_watts", "Power given to devices behind the ports.", _ITEM)
POE_SIZE = _gauge("poe_size_watts", "Power that the supply can give to devices behind the ports.", _ITEM)
POE_FAULT = _gauge("poe_fault", "1 while a port gives no power because of a fault.", _ITEM)
UPS_ON_BATTERY = _gauge("ups_on_battery", "1 while the UPS feeds from its battery.")
UPS_CHARGE = _gauge("ups_charge_ratio", "Charge of the battery, 0 to 1.")
UPS_RUNTIME = _gauge("ups_runtime_seconds", "How long the battery lasts at the present load, as the UPS says.")
UPS_LOAD = _gauge("ups_load_ratio", "Load of the UPS, 0 to 1.")
MEMORY_RATIO = _gauge("device_memory_used_ratio", "Main memory that is taken, where only its share is told, 0 to 1.")
TEMPERATURE_HIGH = _gauge(
    "device_temperature_high_celsius",
    "Above it a sensor's device is too hot: its own threshold, else its profile's.",
    ("device", "sensor"),
)

PROFILE_UP = _gauge(
    "snmp_profile_up", "1 when all that the profile asks was read at its last turn.", ("device", "profile")
)
PROFILE_LEFT = _gauge(
    "snmp_profile_rows_left_out", "Rows beyond what is read of one device with one profile.", ("device", "profile")
)

CATALOGUE: tuple[Metric, ...] = tuple(value for value in dict(globals()).values() if isinstance(value, Metric))
