"""What people call an SOP and a step: the register's revisions in force in, names by code and number out."""

from collections.abc import Mapping
from datetime import date

from request_tracker.sop.register import by_hash, hashes_in_force
from request_tracker.store.database import Store


class SopNames:
    """An SOP's title by its code, what a step is about by its number; the newest revision in force says.

    Texts are read once, not for a page or a scrape.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._by_revisions: dict[tuple[str, ...], tuple[Mapping[str, str], Mapping[str, str]]] = {}

    def on(self, day: date) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Titles of SOPs by code, texts of steps by number; one question to the register."""
        hashes = hashes_in_force(self._store, day)
        if hashes not in self._by_revisions:
            sops = [by_hash(self._store, revision) for revision in hashes]
            steps = {step.id: step.text for sop in sops for step in sop.steps.values()}
            self._by_revisions = {hashes: ({sop.code: sop.title for sop in sops}, steps)}
        return self._by_revisions[hashes]
