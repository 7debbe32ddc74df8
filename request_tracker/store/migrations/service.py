"""The tables around the service: surveys, the letter register, the roster, maintenance, who looked at what."""

from sqlite_utils import Database, Migrations

migrations = Migrations("service")


@migrations()
def surveys(db: Database) -> None:
    """Answers are kept apart from who gave them: a case answers once, and handlers see the sums only."""
    db.execute(
        "CREATE TABLE surveys (id INTEGER PRIMARY KEY, case_number TEXT NOT NULL UNIQUE, sop TEXT NOT NULL,"
        " answered_on TEXT NOT NULL, answers TEXT NOT NULL, comment TEXT NOT NULL) STRICT"
    )


@migrations()
def letters(db: Database) -> None:
    """The agenda: letters in and out, numbered per direction and year, with the e-office's own number."""
    db.execute(
        "CREATE TABLE letter_register (id INTEGER PRIMARY KEY, direction TEXT NOT NULL, year INTEGER NOT NULL,"
        " agenda INTEGER NOT NULL, letter_number TEXT NOT NULL, letter_date TEXT NOT NULL, party TEXT NOT NULL,"
        " subject TEXT NOT NULL, eoffice_number TEXT NOT NULL, eoffice_link TEXT NOT NULL, case_number TEXT,"
        " occurred_at TEXT NOT NULL, recorded_at TEXT NOT NULL, recorded_by TEXT NOT NULL,"
        " UNIQUE (direction, year, agenda)) STRICT"
    )


@migrations()
def duty(db: Database) -> None:
    """The roster (piket), the office's own days off, announced maintenance."""
    for statement in (
        "CREATE TABLE duty_roster (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id),"
        " rank INTEGER NOT NULL, starts_at TEXT NOT NULL, ends_at TEXT NOT NULL, removed_at TEXT) STRICT",
        "CREATE TABLE office_days (day TEXT PRIMARY KEY, name TEXT NOT NULL, worked INTEGER NOT NULL) STRICT",
        "CREATE TABLE maintenance (id INTEGER PRIMARY KEY, root TEXT NOT NULL, starts_at TEXT NOT NULL,"
        " ends_at TEXT NOT NULL, reason TEXT NOT NULL, announced_by TEXT NOT NULL, silence TEXT, ended_at TEXT) STRICT",
        # The primary key is what makes a call once: a second worker's insert fails with its message.
        "CREATE TABLE escalations (ticket TEXT NOT NULL, level TEXT NOT NULL, at TEXT NOT NULL,"
        " PRIMARY KEY (ticket, level)) STRICT",
    ):
        db.execute(statement)


@migrations()
def access(db: Database) -> None:
    """Who looked at personal data, and one-time links with which an account sets its password."""
    for statement in (
        "CREATE TABLE access_log (id INTEGER PRIMARY KEY, at TEXT NOT NULL, person TEXT NOT NULL, what TEXT NOT NULL,"
        " case_number TEXT) STRICT",
        "CREATE TABLE password_links (hash TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id),"
        " expires_at TEXT NOT NULL, used_at TEXT) STRICT",
    ):
        db.execute(statement)


@migrations()
def drafts(db: Database) -> None:
    """What a person has typed into a step's form and not signed yet."""
    db.execute(
        "CREATE TABLE drafts (case_number TEXT NOT NULL, step TEXT NOT NULL, person TEXT NOT NULL, data TEXT NOT NULL,"
        " saved_at TEXT NOT NULL, PRIMARY KEY (case_number, step, person)) STRICT"
    )


@migrations()
def addresses(db: Database) -> None:
    """Where an account is reached, apart from the account so that it can be erased; whom a message has reached."""
    for statement in (
        "CREATE TABLE addresses (user_id INTEGER PRIMARY KEY REFERENCES users (id), address TEXT NOT NULL,"
        " changed_at TEXT NOT NULL) STRICT",
        "CREATE TABLE outbox_reached (outbox_id INTEGER NOT NULL REFERENCES outbox (id), who TEXT NOT NULL,"
        " channel TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (outbox_id, who)) STRICT",
    ):
        db.execute(statement)


@migrations()
def contact_book(db: Database) -> None:
    """Whom to reach at an OPD and at an uplink's ISP; the people themselves stand in ``contacts``."""
    db.execute(
        "CREATE TABLE contact_book (id INTEGER PRIMARY KEY, subject TEXT NOT NULL,"
        " contact_id INTEGER NOT NULL REFERENCES contacts (id)) STRICT"
    )


@migrations()
def sent_once(db: Database) -> None:
    """Marks of forms that were acted on, with what they were answered: sent twice is done once."""
    db.execute("CREATE TABLE sent_once (mark TEXT PRIMARY KEY, at TEXT NOT NULL, status INTEGER, location TEXT) STRICT")
    db.execute("CREATE INDEX sent_once_at ON sent_once (at)")


@migrations()
def letters_newest_first(db: Database) -> None:
    """The register is read from its newest letter and searched by pieces; no letter of it is ever changed."""
    columns = "letter_number, party, subject, eoffice_number"
    new = ", ".join(f"NEW.{column}" for column in ("id", *columns.split(", ")))
    for statement in (
        "CREATE INDEX letters_newest ON letter_register (direction)",
        "CREATE INDEX letters_of_case ON letter_register (case_number) WHERE case_number IS NOT NULL",
        f"CREATE VIRTUAL TABLE letters_search USING fts5({columns}, content='letter_register', content_rowid='id',"
        " tokenize='trigram', detail='full')",
        "INSERT INTO letters_search (letters_search) VALUES ('rebuild')",
        "CREATE TRIGGER letters_search_insert AFTER INSERT ON letter_register BEGIN"
        f" INSERT INTO letters_search (rowid, {columns}) VALUES ({new}); END",
    ):
        db.execute(statement)
