"""What a NOC expects of a router besides its ports: CPU, memory, temperature. Learnt seldom, asked with every scrape.

Sources: HOST-RESOURCES-MIB (RFC 2790), UCD-SNMP-MIB, ENTITY-SENSOR-MIB (RFC 3433), MIKROTIK-MIB. No standard MIB tells
why a device was rebooted; that it was is seen by sysUpTime.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from exporter.snmp.device.requests import looked_up
from exporter.snmp.device.table import Extra
from exporter.snmp.engines.interface import Session
from exporter.snmp.metrics import DEVICE_CPU, DEVICE_MEMORY_SIZE, DEVICE_MEMORY_USED, DEVICE_TEMPERATURE
from exporter.snmp.wire.ber import Value

PROCESSOR_LOAD = "1.3.6.1.2.1.25.3.3.1.2"
STORAGE_TYPE = "1.3.6.1.2.1.25.2.3.1.2"
# hrStorageAllocationUnits, hrStorageSize, hrStorageUsed (RFC 2790).
STORAGE_UNIT, STORAGE_SIZE, STORAGE_USED = (f"1.3.6.1.2.1.25.2.3.1.{n}" for n in (4, 5, 6))
STORAGE_IS_RAM = "1.3.6.1.2.1.25.2.1.2"
UCD_TOTAL, UCD_AVAILABLE = "1.3.6.1.4.1.2021.4.5.0", "1.3.6.1.4.1.2021.4.27.0"
# Columns of entPhySensorTable (RFC 3433).
SENSOR_TYPE, SENSOR_SCALE, SENSOR_PRECISION, SENSOR_VALUE = (f"1.3.6.1.2.1.99.1.1.1.{n}" for n in (1, 2, 3, 4))
ROUTEROS_TEMPERATURES = {
    "board": "1.3.6.1.4.1.14988.1.1.3.10.0",
    "processor": "1.3.6.1.4.1.14988.1.1.3.11.0",
}
# EntitySensorDataType celsius(8), EntitySensorDataScale units(9) (RFC 3433).
_CELSIUS, _UNITS_SCALE = 8, 9
# A chassis may have hundreds; each is a series and a varbind of every scrape.
_MAX_SENSORS = 16
# The cores of a large router; they become one figure, but each is a varbind of every scrape.
_MAX_PROCESSORS = 64


@dataclass(frozen=True)
class Resources:
    """What the device has, as the objects to ask for; empty where it has none."""

    processors: tuple[str, ...] = ()
    ram: str = ""
    ucd_memory: bool = False
    routeros: tuple[str, ...] = ()
    sensors: tuple[tuple[str, float], ...] = ()

    @property
    def oids(self) -> tuple[str, ...]:
        """Everything to ask for in a scrape."""
        memory = (
            tuple(f"{column}.{self.ram}" for column in (STORAGE_UNIT, STORAGE_SIZE, STORAGE_USED)) if self.ram else ()
        )
        memory = (UCD_TOTAL, UCD_AVAILABLE) if self.ucd_memory else memory
        temperatures = (*(ROUTEROS_TEMPERATURES[name] for name in self.routeros), *(oid for oid, _ in self.sensors))
        return (*self.processors, *memory, *temperatures)


async def learn_resources(session: Session) -> Resources:
    """Find out what the device has. Raises SnmpFailure."""
    single = await looked_up(session, [UCD_TOTAL, UCD_AVAILABLE, *ROUTEROS_TEMPERATURES.values()])
    processors = tuple(oid for oid, _ in await session.walk(PROCESSOR_LOAD))[:_MAX_PROCESSORS]
    storages = await session.walk(STORAGE_TYPE)
    ram = [oid.removeprefix(f"{STORAGE_TYPE}.") for oid, kind in storages if kind == STORAGE_IS_RAM]
    return Resources(
        processors,
        ram[0] if ram else "",
        UCD_TOTAL in single and UCD_AVAILABLE in single,
        tuple(name for name, oid in ROUTEROS_TEMPERATURES.items() if single.get(oid)),
        await _sensors(session),
    )


def read_resources(resources: Resources, device: str, values: Mapping[str, Value]) -> list[Extra]:
    """The samples of one answer."""
    extras: list[Extra] = []
    # Per cent; some agents say -1 of a processor that they do not know.
    loads = [v for oid in resources.processors if isinstance(v := values.get(oid), int) and 0 <= v <= 100]
    if loads:
        # hrProcessorLoad is per cent of the last minute for each core (RFC 2790).
        extras.append((DEVICE_CPU, (device,), round(sum(loads) / len(loads) / 100, 4)))
    memory = _ucd(values) if resources.ucd_memory else _storage(values, resources.ram)
    if memory:
        extras += [(DEVICE_MEMORY_SIZE, (device,), memory[0]), (DEVICE_MEMORY_USED, (device,), memory[1])]
    for name in resources.routeros:
        tenths = values.get(ROUTEROS_TEMPERATURES[name])
        if isinstance(tenths, int):
            # MIKROTIK-MIB: tenths of a degree.
            extras.append((DEVICE_TEMPERATURE, (device, name), tenths / 10))
    for oid, factor in resources.sensors:
        value = values.get(oid)
        if isinstance(value, int):
            extras.append((DEVICE_TEMPERATURE, (device, f"entity-{oid.rsplit('.', 1)[1]}"), round(value * factor, 3)))
    return extras


def _ucd(values: Mapping[str, Value]) -> tuple[int, int] | None:
    total, available = values.get(UCD_TOTAL), values.get(UCD_AVAILABLE)
    if not isinstance(total, int) or not isinstance(available, int):
        return None
    # UCD-SNMP-MIB counts in kB of 1,024 bytes; an agent that claims more available than there is has nothing in use.
    return total * 1024, max(0, total - available) * 1024


def _storage(values: Mapping[str, Value], index: str) -> tuple[int, int] | None:
    unit, size, used = (values.get(f"{column}.{index}") for column in (STORAGE_UNIT, STORAGE_SIZE, STORAGE_USED))
    if not isinstance(unit, int) or not isinstance(size, int) or not isinstance(used, int):
        return None
    # Integer32 (RFC 2790): an agent with more than 2^31 units says less than nothing.
    return (unit * size, unit * used) if min(unit, size, used) >= 0 else None


async def _sensors(session: Session) -> tuple[tuple[str, float], ...]:
    """Temperature sensors with the factor that makes degrees Celsius of their value (RFC 3433: scale and precision)."""
    celsius = [oid.rsplit(".", 1)[1] for oid, kind in await session.walk(SENSOR_TYPE) if kind == _CELSIUS][
        :_MAX_SENSORS
    ]
    if not celsius:
        return ()
    shapes = await looked_up(session, [f"{column}.{n}" for n in celsius for column in (SENSOR_SCALE, SENSOR_PRECISION)])
    sensors = []
    for n in celsius:
        scale, precision = shapes.get(f"{SENSOR_SCALE}.{n}"), shapes.get(f"{SENSOR_PRECISION}.{n}")
        if isinstance(scale, int) and isinstance(precision, int):
            # Each step of the scale is a factor of a thousand; the precision is the number of decimals (RFC 3433).
            sensors.append((f"{SENSOR_VALUE}.{n}", 10.0 ** ((scale - _UNITS_SCALE) * 3 - precision)))
    return tuple(sensors)
