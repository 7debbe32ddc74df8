"""An office on disk that has something to lose: a case at the technician, a paper, a template of its own."""

from pathlib import Path

from tracker_office import INVENTORY, MONDAY, new_desk, request, to_technician

from request_tracker.cli import main
from request_tracker.config import TrackerConfig
from request_tracker.store import files


class Place:
    """An office on disk: its desk, its configuration, and one attachment and one template of its own."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        (home / "templates").mkdir()
        (home / "templates" / "surat.typ").write_text("= Surat kantor")
        self.desk = new_desk(home)
        self.settings = home / "tracker.yaml"
        self.settings.write_text(
            f"inventory: {INVENTORY}\ndatabase: {home}/tracker.db\nfiles: {home}/files\ntemplates: {home}/templates\n"
        )
        self.config = TrackerConfig(
            inventory=INVENTORY, database=home / "tracker.db", files=home / "files", templates=home / "templates"
        )
        with self.desk.store.transaction() as db:
            kept = files.keep(
                db, home / "files", files.PaperFile(b"%PDF-1.7 surat", "surat.pdf", "application/pdf"), MONDAY
            )
        self.sha256 = str(kept.sha256)
        self.paper = files.path_of(home / "files", self.sha256)
        to_technician(self.desk, request(self.desk, documents={"surat": kept}))

    def run(self, *words: str) -> int:
        """A command on this office."""
        return main([*words, "--config", str(self.settings)])
