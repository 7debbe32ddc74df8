"""Texts of exporters as the files have them, made anew only where something changed: exporters in, JSON out.

A city's 500 exporters are written twenty times a second; to make their text costs more than to count their records.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from exporter.flows.account.exporters import FlowExporter


class ExporterText(NamedTuple):
    """``mark``: what the text was made at; another one asks for another text."""

    exporter: FlowExporter
    mark: int
    text: str


class ExporterTexts:
    """``row``: what is written of an exporter; ``marks``: a number of each, which rises when that changes."""

    def __init__(
        self, row: Callable[[FlowExporter], Any], marks: Callable[[Iterable[FlowExporter]], list[int]]
    ) -> None:
        self._row, self._marks = row, marks
        self._texts: list[ExporterText] = []
        self._last: tuple[list[int], list[int], str] = [], [], "{}"

    def of(self, exporters: Mapping[str, FlowExporter]) -> str:
        """An object of JSON with all of them, in their order."""
        present, marks = list(map(id, exporters.values())), self._marks(exporters.values())
        if self._last[:2] != (present, marks):
            # In the order of the mapping, from which some may be gone: then all behind those are made anew.
            before = [*self._texts, *[None] * len(marks)]
            self._texts = list(map(self._text, exporters.items(), marks, before))
            self._last = present, marks, "{" + ", ".join([row.text for row in self._texts]) + "}"
        return self._last[2]

    def _text(self, item: tuple[str, FlowExporter], mark: int, before: ExporterText | None) -> ExporterText:
        source, exporter = item
        if before is not None and before.exporter is exporter and before.mark == mark:
            return before
        return ExporterText(exporter, mark, f"{json.dumps(source)}: {json.dumps(self._row(exporter))}")


def with_parts(body: Mapping[str, Any], **parts: str) -> bytes:
    """An object of JSON with parts more, which are JSON already; ``body`` has at least one."""
    return "".join((json.dumps(body)[:-1], *(f', "{name}": {part}' for name, part in parts.items()), "}")).encode()
