"""The demo's people and tokens: one person per role, each with a random password. Makes no account itself."""

from dataclasses import dataclass
from pathlib import Path

from lab.credentials import write_secret


@dataclass(frozen=True)
class Person:
    """Somebody who can log in to the demo's tracker."""

    name: str
    title: str
    role: str


PASSWORD_LETTERS = 14
PEOPLE = (
    Person("kadis", "Kepala Dinas", "head_of_office"),
    Person("kabid", "Kepala Bidang Infrastruktur", "head_of_division"),
    Person("kasi", "Kepala Seksi Jaringan", "head_of_section"),
    Person("teknisi", "Teknisi Jaringan", "technician"),
    Person("tu", "Tata Usaha", "secretariat"),
    Person("noc", "Operator NOC", "noc_operator"),
    Person("admin", "Administrator", "admin"),
    Person("auditor", "Auditor Inspektorat", "auditor"),
)


def password_file(secrets: Path, person: Person) -> Path:
    """Where a person's password stands."""
    return secrets / f"password-{person.name}"


def setup(config: Path, secrets: Path, allocations: str) -> list[list[str]]:
    """The tracker's commands that make an office ready to work, in their order; writes the passwords they read."""
    lines = [["init"], ["ledger", "import", allocations]]
    for person in PEOPLE:
        file = password_file(secrets, person)
        write_secret(secrets, file.name, PASSWORD_LETTERS)
        words = ["user", "add", person.name, "--name", person.title, "--role", person.role]
        lines.append([*words, "--password-file", str(file)])
    scopes = ["--scope", "allocations:read", "--scope", "proofs:write"]
    lines.append(["token", "add", "shaping", *scopes, "--out", str(secrets / "shaping-token")])
    return [[*line, "--config", str(config)] for line in lines]
