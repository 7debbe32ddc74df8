"""The tables of ``request_tracker.outages``: what Alertmanager delivered and one ticket per root cause."""

from sqlite_utils import Database, Migrations

migrations = Migrations("outages")


@migrations()
def tickets_and_deliveries(db: Database) -> None:
    """Tickets point at their case; a delivery that says what the last one said is counted, not stored again."""
    for statement in (
        """CREATE TABLE tickets (
             id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, root TEXT NOT NULL, kind TEXT NOT NULL,
             cause TEXT NOT NULL, offices TEXT NOT NULL, started_at REAL NOT NULL, ended_at REAL,
             opened_at REAL NOT NULL, acknowledged_at REAL, acknowledged_by TEXT, source TEXT NOT NULL) STRICT""",
        "CREATE INDEX tickets_root ON tickets (root, started_at)",
        # Two tickets of one root can never be open together, whichever path tells of the outage first.
        "CREATE UNIQUE INDEX tickets_open ON tickets (root) WHERE ended_at IS NULL",
        """CREATE TABLE deliveries (
             id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, starts_at TEXT NOT NULL, status TEXT NOT NULL,
             alertname TEXT NOT NULL, received_at REAL NOT NULL, repeats INTEGER NOT NULL DEFAULT 0,
             labels TEXT NOT NULL, annotations TEXT NOT NULL) STRICT""",
        # The last delivery of an alert is asked for with every webhook.
        "CREATE INDEX deliveries_fingerprint ON deliveries (fingerprint, id)",
        """CREATE TABLE warnings (
             fingerprint TEXT PRIMARY KEY, alertname TEXT NOT NULL, severity TEXT NOT NULL, summary TEXT NOT NULL,
             starts_at TEXT NOT NULL, seen_at REAL NOT NULL, resolved_at REAL) STRICT""",
    ):
        db.execute(statement)


@migrations()
def end_of_a_delivery(db: Database) -> None:
    """The end an alert told of is kept until the watch's journal has been asked about it."""
    db.execute("ALTER TABLE deliveries ADD COLUMN ended_at REAL")


@migrations()
def priority_of_a_case(db: Database) -> None:
    """How urgent an outage is (PKL-G-PR1); those opened before it was kept are ordinary."""
    db.execute("ALTER TABLE cases ADD COLUMN priority INTEGER")
    db.execute("UPDATE cases SET priority = 2 WHERE kind = 'outage'")


@migrations()
def answer_links(db: Database) -> None:
    """The links of pages that were used: a message and a person each but once."""
    db.execute(
        "CREATE TABLE answer_links_used (message INTEGER NOT NULL, user_id INTEGER NOT NULL, at REAL NOT NULL,"
        " PRIMARY KEY (message, user_id)) STRICT"
    )
