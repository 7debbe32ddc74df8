"""The demo's people and tokens: one person per role, each with a random password. Makes no account itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.credentials import write_secret


@dataclass(frozen=True)
class DemoAccount:
    """Somebody who can log in to the demo's tracker."""

    name: str
    title: str
    role: str


# Typed by hand in the demo; above the least the tracker takes.
PASSWORD_LETTERS = 14
ACCOUNTS = (
    DemoAccount("kadis", "Kepala Dinas", "head_of_office"),
    DemoAccount("kabid", "Kepala Bidang Infrastruktur", "head_of_division"),
    DemoAccount("kasi", "Kepala Seksi Jaringan", "head_of_section"),
    DemoAccount("teknisi", "Teknisi Jaringan", "technician"),
    DemoAccount("tu", "Tata Usaha", "secretariat"),
    DemoAccount("noc", "Operator NOC", "noc_operator"),
    DemoAccount("admin", "Administrator", "admin"),
    DemoAccount("auditor", "Auditor Inspektorat", "auditor"),
)


def password_file(secrets: Path, account: DemoAccount) -> Path:
    """Where a person's password stands."""
    return secrets / f"password-{account.name}"


def setup(config: Path, secrets: Path, opening: Sequence[str]) -> list[list[str]]:
    """The tracker's commands that make an office ready to work, in their order; writes the passwords they read.

    ``opening``: the file of the opening balance, with what else ``ledger import`` is to know of it.
    """
    lines = [["init"], ["ledger", "import", *opening, "--yes"]]
    for account in ACCOUNTS:
        file = password_file(secrets, account)
        write_secret(secrets, file.name, PASSWORD_LETTERS)
        words = ["user", "add", account.name, "--name", account.title, "--role", account.role]
        lines.append([*words, "--password-file", str(file), "--address", f"telegram:{account.name}"])
    scopes = ["--scope", "allocations:read", "--scope", "proofs:write"]
    lines.append(["token", "add", "shaping", *scopes, "--out", str(secrets / "shaping-token")])
    lines.append(["token", "add", "prometheus", "--scope", "metrics:read", "--out", str(secrets / "metrics-token")])
    return [[*line, "--config", str(config)] for line in lines]
