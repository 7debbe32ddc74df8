"""One agent in the form of a family: its rows and the samples that must come of them."""

from dataclasses import dataclass

from exporter.snmp.wire import ber

Row = int | bytes
SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"
IF_NAME, ENTITY_NAME = "1.3.6.1.2.1.31.1.1.1.1", "1.3.6.1.2.1.47.1.1.1.1.7"


@dataclass(frozen=True)
class DeviceFamily:
    """An agent's sysObjectID and rows, and the samples expected: (metric without prefix, item or '') to value."""

    object_id: str
    rows: dict[str, Row]
    expected: dict[tuple[str, str], float]

    def encoded(self) -> dict[str, bytes]:
        """The rows as the scripted agent has them."""
        rows = {SYS_OBJECT_ID: ber.oid(self.object_id)}
        for oid, value in self.rows.items():
            rows[oid] = ber.integer(value) if isinstance(value, int) else ber.tlv(ber.OCTETS, value)
        return rows


def table(root: str, *rows: tuple[str, dict[int, Row]]) -> dict[str, Row]:
    """Rows of a table: index, then column to value."""
    return {f"{root}.{column}.{index}": value for index, columns in rows for column, value in columns.items()}
