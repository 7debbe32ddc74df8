"""The demo's own configuration: who uses the lines is kept from the start, and the tracker's page may ask for it."""

import json
from datetime import UTC, datetime
from pathlib import Path

from tree import EXAMPLE_CITY

from exporter.flows.account.settings import load_settings
from inventory.reading import read_city
from lab import configs
from lab.credentials import write_secret
from lab.options import Options
from lab.plan import plan
from request_tracker.config import Office


def test_the_demo_keeps_who_uses_the_lines_and_its_page_has_the_collectors_secret(tmp_path: Path) -> None:
    options, secrets = Options(), tmp_path / "secrets"
    secrets.mkdir()
    write_secret(secrets, configs.TOP_TOKEN)
    told = configs.exporter(options, plan(read_city(EXAMPLE_CITY)), tmp_path, secrets, None)
    (tmp_path / "exporter.yaml").write_text(json.dumps(told))
    settings = load_settings(str(tmp_path / "exporter.yaml"))
    assert settings.history is not None and settings.history.folder == tmp_path / "history"
    page = configs.tracker(options, tmp_path, secrets, read_city(EXAMPLE_CITY))["flows"]
    assert page["url"] == f"http://{settings.listen}"
    assert settings.history.token == Path(page["token"].removeprefix("file:")).read_text().strip()


def test_what_was_made_up_is_told_to_the_tracker_and_only_where_it_was(tmp_path: Path) -> None:
    city = read_city(EXAMPLE_CITY)
    until = datetime(2026, 11, 30, 1, 20, tzinfo=UTC).timestamp()
    offices = [
        configs.tracker(options, tmp_path, tmp_path, city)["office"]
        for options in (Options(), Options(made_up_until=until))
    ]
    assert "made_up_before" not in offices[0]
    assert Office.model_validate(offices[1]).made_up_before == datetime(2026, 11, 30, 1, 20, tzinfo=UTC)
    # As the office's own clock shows it: letters print it so.
    assert offices[1]["made_up_before"] == "2026-11-30T08:20:00+07:00"
