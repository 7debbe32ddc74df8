"""The tables of cases, documents, the SOP register, the ledger of allocations and the outbox."""

from sqlite_utils import Database, Migrations

migrations = Migrations("core")

# In the database itself: what is written in these tables stays, whatever program opens the file next.
_APPEND_ONLY = """
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""


@migrations()
def cases_and_events(db: Database) -> None:
    """Cases, their append-only events and what is projected from them."""
    for statement in (
        """CREATE TABLE sop_revisions (
             code TEXT NOT NULL, revision INTEGER NOT NULL, hash TEXT NOT NULL UNIQUE, text TEXT NOT NULL,
             effective_on TEXT NOT NULL, approved_at TEXT NOT NULL, approved_by TEXT NOT NULL,
             PRIMARY KEY (code, revision)) STRICT""",
        "CREATE TABLE numbers (key TEXT NOT NULL, year INTEGER NOT NULL, value INTEGER NOT NULL,"
        " PRIMARY KEY (key, year)) STRICT",
        """CREATE TABLE cases (
             id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, sop TEXT NOT NULL, revision INTEGER NOT NULL,
             sop_hash TEXT NOT NULL, kind TEXT NOT NULL, opd TEXT, subject TEXT NOT NULL, opened_at TEXT NOT NULL,
             version INTEGER NOT NULL, ending TEXT, ended_at TEXT, step TEXT, round INTEGER NOT NULL,
             due_at TEXT, service_due_at TEXT, paused TEXT, awaiting TEXT, assignee TEXT, emergency INTEGER NOT NULL,
             letter_number TEXT, origin TEXT, idempotency_key TEXT UNIQUE) STRICT""",
        # STRICT everywhere: SQLite would otherwise keep a text in a column of integers, and a seal of it would differ.
        "CREATE INDEX cases_open ON cases (ending, due_at)",
        "CREATE INDEX cases_opd ON cases (opd, ending)",
        """CREATE TABLE events (
             id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases (id), seq INTEGER NOT NULL,
             kind TEXT NOT NULL, actor TEXT NOT NULL, on_behalf_of TEXT, lane TEXT, step TEXT, round INTEGER NOT NULL,
             occurred_at TEXT NOT NULL, recorded_at TEXT NOT NULL, data TEXT NOT NULL,
             previous_hash TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, UNIQUE (case_id, seq)) STRICT""",
        # The audit page and the appointments read one kind over a span of time.
        "CREATE INDEX events_kind ON events (kind, recorded_at)",
        """CREATE TABLE waiting (
             case_id INTEGER NOT NULL REFERENCES cases (id), step TEXT NOT NULL, lane TEXT NOT NULL,
             role TEXT NOT NULL, due_at TEXT, PRIMARY KEY (case_id, step, lane)) STRICT""",
        "CREATE INDEX waiting_role ON waiting (role, due_at)",
        """CREATE TABLE public_tokens (
             hash TEXT PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases (id), created_at TEXT NOT NULL,
             expires_at TEXT) STRICT""",
        """CREATE TABLE files (
             sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, mime TEXT NOT NULL, name TEXT NOT NULL,
             added_at TEXT NOT NULL) STRICT""",
        """CREATE TABLE contacts (
             id INTEGER PRIMARY KEY, name TEXT, phone TEXT, email TEXT, position TEXT, channel TEXT,
             created_at TEXT NOT NULL, masked_at TEXT) STRICT""",
        """CREATE TABLE outbox (
             id INTEGER PRIMARY KEY, event_id INTEGER, key TEXT NOT NULL UNIQUE, channel TEXT NOT NULL,
             recipient TEXT NOT NULL, payload TEXT NOT NULL, created_at TEXT NOT NULL, attempts INTEGER NOT NULL,
             next_at TEXT NOT NULL, leased_until TEXT, sent_at TEXT, error TEXT) STRICT""",
        # Of a year's messages nearly all have a sent_at; those without stand together at the index's beginning.
        "CREATE INDEX outbox_due ON outbox (sent_at, next_at)",
        *_statements(_APPEND_ONLY.format(table="events")),
        *_statements(_APPEND_ONLY.format(table="sop_revisions")),
    ):
        db.execute(statement)


@migrations()
def ledger_and_proofs(db: Database) -> None:
    """The ledger of allocations (append-only) and the shaper's proofs."""
    for statement in (
        """CREATE TABLE ledger (
             id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, opd TEXT NOT NULL,
             receive_guaranteed INTEGER NOT NULL, receive_ceiling INTEGER NOT NULL,
             transmit_guaranteed INTEGER NOT NULL, transmit_ceiling INTEGER NOT NULL,
             effective_at TEXT NOT NULL, recorded_at TEXT NOT NULL, actor TEXT NOT NULL, case_number TEXT,
             reason TEXT NOT NULL, previous_hash TEXT NOT NULL, hash TEXT NOT NULL UNIQUE) STRICT""",
        # In the order of the window function that finds the row in force of each OPD (``ledger.allocations``).
        "CREATE INDEX ledger_opd ON ledger (opd, effective_at, id)",
        """CREATE TABLE proofs (
             id INTEGER PRIMARY KEY, received_at TEXT NOT NULL, revision INTEGER NOT NULL, ledger_hash TEXT NOT NULL,
             agent TEXT NOT NULL, ok INTEGER NOT NULL, matches INTEGER NOT NULL, body TEXT NOT NULL,
             body_hash TEXT NOT NULL UNIQUE) STRICT""",
        *_statements(_APPEND_ONLY.format(table="ledger")),
        *_statements(_APPEND_ONLY.format(table="proofs")),
    ):
        db.execute(statement)


@migrations()
def settings(db: Database) -> None:
    """Single values such as the hash of the set-up token."""
    db.execute("CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL, changed_at TEXT NOT NULL) STRICT")


@migrations()
def search_index(db: Database) -> None:
    """An index of three-letter pieces over what people search for; SQLite's triggers keep it, ``rebuild`` renews it."""
    # With content='cases' FTS5 keeps no text of its own, so a deletion must bring the old text along (sqlite.org/fts5).
    old = "INSERT INTO cases_search (cases_search, rowid, number, subject, letter_number)"
    old += " VALUES ('delete', OLD.id, OLD.number, OLD.subject, OLD.letter_number)"
    new = "INSERT INTO cases_search (rowid, number, subject, letter_number)"
    new += " VALUES (NEW.id, NEW.number, NEW.subject, NEW.letter_number)"
    columns = "number, subject, letter_number"
    for statement in (
        # trigram finds any piece of three letters and more, also inside a number such as PKL-BW/2026/000123.
        f"CREATE VIRTUAL TABLE cases_search USING fts5({columns}, content='cases', content_rowid='id',"
        " tokenize='trigram', detail='full')",
        "INSERT INTO cases_search (cases_search) VALUES ('rebuild')",
        f"CREATE TRIGGER search_insert AFTER INSERT ON cases BEGIN {new}; END",
        f"CREATE TRIGGER search_update AFTER UPDATE OF {columns} ON cases"
        # A case's row changes at every step; only these columns are worth the index's work. IS NOT compares NULL too.
        " WHEN (OLD.number, OLD.subject) IS NOT (NEW.number, NEW.subject)"
        f" OR OLD.letter_number IS NOT NEW.letter_number BEGIN {old}; {new}; END",
        f"CREATE TRIGGER search_delete AFTER DELETE ON cases BEGIN {old}; END",
    ):
        db.execute(statement)


@migrations()
def waiting_in_order(db: Database) -> None:
    """Who waits for a role is read in the order shown, without sorting thousands of lines."""
    # An expression index: ORDER BY ``due_at IS NULL`` is answered by it only where it is written the same
    # (``queries``).
    db.execute("CREATE INDEX waiting_order ON waiting (role, (due_at IS NULL), due_at, case_id)")
    # The new one begins with the same column, so the old one would only be written along.
    db.execute("DROP INDEX waiting_role")


@migrations()
def cases_about_a_case(db: Database) -> None:
    """The cases that are about another one are found from its page without reading every case."""
    db.execute("CREATE INDEX cases_origin ON cases (origin) WHERE origin IS NOT NULL")


@migrations()
def cases_newest_first(db: Database) -> None:
    """The lists of an OPD, of an SOP and of open outages are read in the order shown, whatever the archive holds.

    An index of one column keeps equal values in the order of their rows, so that the newest come without sorting.
    """
    db.execute("CREATE INDEX cases_of_opd ON cases (opd)")
    db.execute("CREATE INDEX cases_of_sop ON cases (sop)")
    db.execute("CREATE INDEX cases_open_of_kind ON cases (kind) WHERE ending IS NULL")


@migrations()
def cases_that_wait_for_a_machine(db: Database) -> None:
    """The cases that wait for a proof or the monitoring are asked for each minute."""
    # Partial: a handful of rows of the whole archive.
    db.execute("CREATE INDEX cases_awaiting ON cases (awaiting) WHERE awaiting IS NOT NULL")


def _statements(script: str) -> list[str]:
    """The triggers of a script; a trigger's own body holds semicolons, so the text is cut after END."""
    return [part.strip() + " END" for part in script.split("END;") if part.strip()]


@migrations()
def openings(db: Database) -> None:
    """Whether there was a case before some day is asked each minute of working hours until the quarter was told of."""
    db.execute("CREATE INDEX cases_opened ON cases (opened_at)")
