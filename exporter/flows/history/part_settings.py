"""The history's part of the configuration in, its settings out; without the token, which only the collector needs."""

from exporter.config import ClickhousePart, HistoryPart, token
from exporter.flows.account.settings import ClickhouseSettings, HistorySettings


def history_settings(part: HistoryPart) -> HistorySettings:
    """The settings, with the password of a ClickHouse. Raises ExporterError."""
    server = None if part.clickhouse is None else _clickhouse(part.clickhouse)
    return HistorySettings(
        folder=part.folder,
        top=part.top,
        days=part.days,
        places=part.places,
        clickhouse=server,
        busy_hosts=frozenset(map(str, part.busy_hosts)),
    )


def _clickhouse(part: ClickhousePart) -> ClickhouseSettings:
    password = token(part.password) if part.password else ""
    return ClickhouseSettings(
        url=part.url,
        database=part.database,
        table=part.table,
        user=part.user,
        collector=part.collector,
        answers=part.answers,
        password=password,
    )
