"""Where a question is answered from: Parquet files beside the collector, or the office's ClickHouse where it has one.

Whole remote addresses stand in a folder of their own, beside the collector alone and for 24 hours.
"""

import math
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exporter.flows.account.settings import ClickhouseSettings, HistorySettings
from exporter.flows.history import clickhouse, parquet
from exporter.flows.history.filters import Query
from exporter.flows.history.question import MINUTE, Question


@dataclass(frozen=True, kw_only=True)
class HistorySource:
    """``places``: MaxMind DB files. ``clickhouse``: where it answers questions; None where the files do."""

    folder: Path
    places: tuple[Path, ...] = ()
    clickhouse: ClickhouseSettings | None = None

    def reading(self, question: Question, earliest: int) -> AbstractContextManager[Query]:
        """Query the rows from ``earliest`` on as ``uses``. Raises ExporterError."""
        # Until now means all there is, also of a clock that went ahead.
        until = question.until if question.until < time.time() - MINUTE else math.inf
        if question.reason:
            return parquet.reading(self.folder / parquet.WHOLE, earliest, until)
        if self.clickhouse is not None:
            return clickhouse.reading(self.clickhouse)
        return parquet.reading(self.folder, earliest, until)


def source(history: HistorySettings) -> HistorySource:
    """Where the settings have questions answered from."""
    server = history.clickhouse
    answers = server if server is not None and server.answers else None
    return HistorySource(folder=history.folder, places=history.places, clickhouse=answers)


def source_of(document: Mapping[str, Any]) -> tuple[Question, HistorySource]:
    """The same, in that process. Of our own parent: its texts have been checked."""
    texts, server = document["question"], document["clickhouse"]
    question = Question(**{**texts, "tables": tuple(texts["tables"])})
    places = tuple(Path(place) for place in document["places"])
    answering = ClickhouseSettings(**server) if server else None
    return question, HistorySource(folder=Path(document["folder"]), places=places, clickhouse=answering)
