"""``report quarter``: the quarterly evaluation as PDF and spreadsheet."""

import argparse
from pathlib import Path
from typing import Any

from request_tracker.custody.anchor import take_anchor
from request_tracker.errors import TrackerError
from request_tracker.letters.quarter.paper import quarter_pdf, quarter_sheet
from request_tracker.reports.quarter import evaluate, quarter
from request_tracker.terminal.options import config_of, now, ready_desk, with_config


def add_commands(commands: Any) -> None:
    """Add this part's commands."""
    parts = commands.add_parser("report", help="reports").add_subparsers(required=True, metavar="COMMAND")
    parser = parts.add_parser("quarter", help="the quarterly evaluation: volumes, times, lateness, unmet demand, IKM")
    parser.add_argument("quarter", metavar="YEAR-QN", help="for example 2026-Q3")
    parser.add_argument("--out", required=True, metavar="FOLDER", help="where the PDF and the spreadsheet go")
    with_config(parser)
    parser.set_defaults(run=_quarter)


def _quarter(options: argparse.Namespace) -> int:
    of, config = quarter(options.quarter), config_of(options)
    desk = ready_desk(options)
    evaluation, anchor = evaluate(desk, of, now()), take_anchor(desk.store, now()).text
    printed = quarter_pdf(evaluation, config.office, config.templates, anchor)
    papers = {"pdf": printed, "xlsx": quarter_sheet(evaluation)}
    for form, content in papers.items():
        path = Path(options.out) / f"evaluasi-{of.name}.{form}"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise TrackerError(
                f"{path}: cannot be written: {error.strerror}; name another folder with --out"
            ) from error
        print(path)
    return 0
