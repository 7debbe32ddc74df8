"""Texts of exporters as the files have them, made anew only where something changed: exporters in, JSON out.

A city's 500 exporters are written twenty times a second; to make their text costs more than to count their records.
"""

import json
from collections.abc import Callable, Hashable, Mapping
from typing import Any, NamedTuple

from exporter.flows.account.exporters import FlowExporter


class ExporterText(NamedTuple):
    """``mark``: what the text was made at; another one asks for another text."""

    exporter: FlowExporter
    mark: Hashable
    text: str


class ExporterTexts:
    """``row``: what is written of an exporter; ``mark``: what tells that this has changed."""

    def __init__(self, row: Callable[[FlowExporter], Any], mark: Callable[[FlowExporter], Hashable]) -> None:
        self._row, self._mark = row, mark
        self._texts: dict[str, ExporterText] = {}

    def of(self, exporters: Mapping[str, FlowExporter]) -> str:
        """An object of JSON with all of them, in their order."""
        before = self._texts
        # Those that are no more are left behind.
        self._texts = {source: self._text(source, exporter, before) for source, exporter in exporters.items()}
        return "{" + ", ".join([row.text for row in self._texts.values()]) + "}"

    def _text(self, source: str, exporter: FlowExporter, before: Mapping[str, ExporterText]) -> ExporterText:
        row, mark = before.get(source), self._mark(exporter)
        if row is not None and row.exporter is exporter and row.mark == mark:
            return row
        return ExporterText(exporter, mark, f"{json.dumps(source)}: {json.dumps(self._row(exporter))}")


def with_parts(body: Mapping[str, Any], **parts: str) -> bytes:
    """An object of JSON with parts more, which are JSON already; ``body`` has at least one."""
    return "".join((json.dumps(body)[:-1], *(f', "{name}": {part}' for name, part in parts.items()), "}")).encode()
