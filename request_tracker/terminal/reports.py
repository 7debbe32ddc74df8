"""``report quarter``: the quarterly evaluation as PDF, as spreadsheet, and as data."""

import argparse
from pathlib import Path
from typing import Any

from request_tracker.custody.anchor import take_anchor
from request_tracker.errors import TrackerError
from request_tracker.evidence.monitoring import monitoring_of
from request_tracker.letters.quarter.paper import quarter_pdf
from request_tracker.letters.quarter.sheet import quarter_sheet
from request_tracker.reports.periods import quarter
from request_tracker.reports.quarter import evaluate
from request_tracker.terminal.options import config_of, now, ready_desk, with_config


def add_commands(commands: Any) -> None:
    """Add this part's commands."""
    parts = commands.add_parser("report", help="reports").add_subparsers(required=True, metavar="COMMAND")
    parser = parts.add_parser("quarter", help="the quarterly evaluation: volumes, times, lateness, unmet demand, IKM")
    parser.add_argument("quarter", metavar="YEARQN", help="for example 2026Q3")
    parser.add_argument("--out", required=True, metavar="FOLDER", help="where the papers and the data go")
    parser.add_argument("--language", choices=("id", "en"), default="id", help="of the papers; id where not given")
    with_config(parser)
    parser.set_defaults(run=_quarter)


def _quarter(options: argparse.Namespace) -> int:
    of, config = quarter(options.quarter), config_of(options)
    desk = ready_desk(options)
    evaluation = evaluate(desk, of, now(), monitoring_of(config), config.evidence)
    anchor = take_anchor(desk.store, now()).text
    papers = {
        "pdf": quarter_pdf(evaluation, config.office, config.templates, anchor, options.language),
        "xlsx": quarter_sheet(evaluation, options.language),
        "json": evaluation.text().encode(),
    }
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
