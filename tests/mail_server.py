"""A mail server for a test: as much of SMTP as Alertmanager speaks in, every mail it took out."""

import socketserver
import sys
import threading
from collections.abc import Iterator
from email import message_from_string
from email.header import decode_header, make_header
from pathlib import Path

import pytest


class MailServer(socketserver.ThreadingTCPServer):
    """As much of SMTP (RFC 5321) as Alertmanager speaks; keeps every mail it took."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Conversation)
        self.mails: list[str] = []

    @property
    def subjects(self) -> list[str]:
        """What a telephone shows of each mail, as it was written."""
        return [subject_of(mail) for mail in self.mails]

    def take(self, mail: str) -> None:
        """Keep a mail."""
        self.mails.append(mail)


class FilingMailServer(MailServer):
    """One in a process of its own, in a namespace of the lab: the subjects go into a file, one a line."""

    def __init__(self, port: int, file: Path) -> None:
        super().__init__(port)
        self.file = file

    def take(self, mail: str) -> None:
        """Write its subject down."""
        with self.file.open("a", encoding="utf-8") as lines:
            lines.write(subject_of(mail).replace("\n", " ") + "\n")


def subject_of(mail: str) -> str:
    """What a telephone shows of a mail, as it was written."""
    return str(make_header(decode_header(message_from_string(mail)["Subject"])))


class Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say(b"220 lab")
        while line := self.rfile.readline(4096):
            word = line[:4].upper()
            if word == b"DATA":
                self.say(b"354 go on")
                self.server.take(self.mail())
            self.say(b"221 bye" if word == b"QUIT" else b"250 lab")

    def mail(self) -> str:
        lines = []
        while (line := self.rfile.readline(65_536)) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines).decode()

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@pytest.fixture
def mails() -> Iterator[MailServer]:
    server = MailServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


if __name__ == "__main__":
    # Not for people: a story of the lab starts it, where Alertmanager is.
    FilingMailServer(int(sys.argv[1]), Path(sys.argv[2])).serve_forever()
