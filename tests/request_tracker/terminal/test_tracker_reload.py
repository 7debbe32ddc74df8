"""The tracker reads its city anew at SIGHUP: a new office may ask, the server goes on, a bad file is refused."""

import signal
from pathlib import Path

from children import until
from new_office import REFUSED, with_office
from served_office import ServedOffice, serving
from tree import EXAMPLE_CITY

NAME = "Dinas Arsip"
PAGE = "/permohonan"


def reloaded(served: ServedOffice, city: Path, text: str) -> None:
    city.write_text(text)
    served.process.send_signal(signal.SIGHUP)


def successful(served: ServedOffice) -> float:
    return served.figure("lebarpita_config_last_reload_successful", "tracker")


def test_a_new_office_may_ask_without_a_new_server_and_a_bad_file_is_refused(tmp_path: Path) -> None:
    city = tmp_path / "city.yaml"
    city.write_text(EXAMPLE_CITY.read_text())
    with serving(tmp_path, inventory=str(city)) as served:
        assert successful(served) == 1
        assert NAME not in served.get(PAGE)[1]
        reloaded(served, city, with_office())
        until(lambda: NAME in served.get(PAGE)[1], "the office", served.process)
        reloaded(served, city, with_office(prefix=REFUSED))
        until(lambda: successful(served) == 0, "the refusal", served.process)
        assert NAME in served.get(PAGE)[1]
    assert REFUSED in (tmp_path / "log").read_text()
