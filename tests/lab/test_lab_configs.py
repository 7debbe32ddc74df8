"""The demo's own configuration: who uses the lines is kept from the start, and the tracker's page may ask for it."""

import json
from pathlib import Path

from tree import EXAMPLE_CITY

from exporter.flows.account.settings import load_settings
from inventory.reading import read_city
from lab import configs
from lab.credentials import write_secret
from lab.options import Options
from lab.plan import plan


def test_the_demo_keeps_who_uses_the_lines_and_its_page_has_the_collectors_secret(tmp_path: Path) -> None:
    options, secrets = Options(), tmp_path / "secrets"
    secrets.mkdir()
    write_secret(secrets, configs.TOP_TOKEN)
    told = configs.exporter(options, plan(read_city(EXAMPLE_CITY)), tmp_path, secrets, None)
    (tmp_path / "exporter.yaml").write_text(json.dumps(told))
    settings = load_settings(str(tmp_path / "exporter.yaml"))
    assert settings.history is not None and settings.history.folder == tmp_path / "history"
    page = configs.tracker(options, tmp_path, secrets, "Kota Contoh")["flows"]
    assert page["url"] == f"http://{settings.listen}"
    assert settings.history.token == Path(page["token"].removeprefix("file:")).read_text().strip()
