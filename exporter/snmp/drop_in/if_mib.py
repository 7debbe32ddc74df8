"""The drop-in: a device's whole interface table under snmp_exporter's own names (``module=if_mib``).

In go a session's walks, out comes the page that snmp_exporter 0.21 gives of the same device, sample by sample, so that
an office can switch by changing a port. Our own dashboards do not use it: it reads every interface, named or not.
"""

import re
from collections.abc import Iterable, Mapping

from exporter.metrics import Metric, Sample, page
from exporter.snmp.device.objects import IF_ALIAS, IF_DESCR, IF_NAME, SYS_UPTIME
from exporter.snmp.device.reading import EXACT
from exporter.snmp.drop_in.if_mib_columns import COLUMNS, IF_X_TABLE, INTERFACES, TYPE_NAMES, IfMibColumn
from exporter.snmp.drop_in.scrape_cost import CostMeter
from exporter.snmp.engines.interface import Session
from exporter.snmp.wire.ber import Value

_NAMES = ("ifAlias", "ifDescr", "ifName")
_BROKEN = re.compile("\N{REPLACEMENT CHARACTER}+")


async def if_mib_page(session: Session) -> bytes:
    """Walk the device and write its page. Raises SnmpFailure."""
    cost = CostMeter(session)
    values = await session.get([SYS_UPTIME])
    values |= dict(await session.walk(INTERFACES)) | dict(await session.walk(IF_X_TABLE))
    cost.walked(len(values))
    tables = _tables(values)
    names = {index: _names(tables, index) for table in tables.values() for index in table}
    return page([*(_family(column, tables, names) for column in COLUMNS), *cost.families()])


def _tables(values: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
    tables: dict[str, dict[str, Value]] = {}
    for oid, value in values.items():
        column, _, index = oid.rpartition(".")
        tables.setdefault(column, {})[index] = value
    return tables


def _names(tables: Mapping[str, Mapping[str, Value]], index: str) -> tuple[str, str, str]:
    alias, descr, name = (_text(tables.get(column, {}).get(index)) for column in (IF_ALIAS, IF_DESCR, IF_NAME))
    return alias, descr, name


def _family(
    column: IfMibColumn, tables: Mapping[str, Mapping[str, Value]], names: Mapping[str, tuple[str, str, str]]
) -> tuple[Metric, list[Sample]]:
    rows = tables.get(column.oid, {})
    if column.scalar:
        return Metric(column.metric, column.kind, column.help), list(_numbers((), rows.get("0")))
    more = {"type": ("ifType",), "address": ("ifPhysAddress",)}.get(column.shape, ())
    metric = Metric(column.metric, column.kind, column.help, ("ifIndex", *_NAMES, *more))
    samples = [sample for index, value in rows.items() for sample in _samples(column, (index, *names[index]), value)]
    return metric, samples


def _samples(column: IfMibColumn, labels: tuple[str, ...], value: Value) -> Iterable[Sample]:
    if column.shape == "address":
        # PhysAddress48 of snmp_exporter: six bytes, whatever the agent sent.
        six = value[:6].ljust(6, b"\0") if isinstance(value, bytes) else bytes(6)
        yield (*labels, ":".join(f"{byte:02X}" for byte in six)), 1
    elif column.shape == "type":
        yield (*labels, TYPE_NAMES.get(value, str(value)) if isinstance(value, int) else ""), 1
    else:
        yield from _numbers(labels, value)


def _numbers(labels: tuple[str, ...], value: Value | None) -> Iterable[Sample]:
    if isinstance(value, int):
        # As snmp_exporter: a Counter64 wraps at 2^53, where a double would begin to leave out numbers.
        yield labels, value % EXACT if value >= 0 else value


def _text(value: Value | None) -> str:
    """Text as snmp_exporter shows it: each run of bytes that is no UTF-8 becomes one replacement character."""
    if not isinstance(value, bytes):
        return ""
    return _BROKEN.sub("\N{REPLACEMENT CHARACTER}", value.decode("utf-8", "replace"))
