"""A session with a router: raw words in, rows of texts out. TLS to one pinned certificate, and nothing else.

librouteros carries the sentences. Its own reading of values is left out: it makes a boolean of a queue called ``no``, a
number of ``123``, and loses its place in the stream at a trap with one attribute more. After any fault of the stream
the session is closed: whether its last command was done nobody knows then (``SessionLost``).
"""

import re
import ssl
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from socket import socket

from librouteros import create_transport
from librouteros.exceptions import LibRouterosError
from librouteros.protocol import ApiProtocol

from runtime.secrets import SecretError, read_token
from shaping.drivers.base import RouterAccess
from shaping.errors import ShapingError

# Reads of a large router were seen to pause (facts 9.3); after so long a turn is a failed one, and the next reads anew.
ANSWER_SECONDS = 10.0
# Rows and traps of one answer; the largest tables of which a public project tells have some 1,700 rows (facts 1.19).
_MOST_SENTENCES = 100_000
# OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED and X509_V_ERR_CERT_NOT_YET_VALID (openssl/x509_vfy.h).
_EXPIRED, _NOT_YET_VALID = 10, 9

Row = Mapping[str, str]
# What was said (True) or heard, word by word; never the log-in.
Tape = Callable[[bool, Sequence[str]], None]


class RouterRefusal(ShapingError):
    """The router said no, in its own words; nothing was changed by this command."""


class SessionLost(ShapingError):
    """The connection ended; whether the last command was done is not known."""


@dataclass(frozen=True)
class ApiAnswer:
    """The rows of a reply, and what ``!done`` brought: the id of an add, or a count."""

    rows: tuple[Row, ...]
    ret: str = ""


class ApiSession:
    """One log-in. Commands go one at a time."""

    def __init__(self, protocol: ApiProtocol, place: str, tape: Tape | None = None) -> None:
        self._protocol, self._place, self._tape = protocol, place, tape
        self.lost = False
        # A command of one turn closes nothing itself: with its driver the session goes, and the router is told.
        weakref.finalize(self, protocol.close)

    def ask(self, command: str, *words: str) -> ApiAnswer:
        """One command and its whole reply. Raises RouterRefusal, or SessionLost after which the session is closed."""
        if self.lost:
            raise SessionLost(f"{self._place}: the connection was lost before {command}")
        try:
            if self._tape:
                self._tape(True, (command, *words))
            self._protocol.writeSentence(command, *words)
            return self._answer(command, iter(self._sentence, None))
        except (OSError, LibRouterosError, ValueError) as error:
            self.close()
            reason = str(error) or type(error).__name__
            raise SessionLost(f"{self._place}: the connection was lost at {command}: {reason}") from error

    def close(self) -> None:
        """End it; what was held in safe mode is undone by the router."""
        self.lost = True
        self._protocol.close()

    def _answer(self, command: str, sentences: Iterable[Sequence[str]]) -> ApiAnswer:
        rows: list[Row] = []
        traps: list[str] = []
        for kind, *words in islice(sentences, _MOST_SENTENCES):
            values = _values(words)
            if kind == "!re":
                rows.append(values)
            elif kind == "!trap":
                traps.append(values.get("message", "refused without a word"))
            elif kind == "!done" and traps:
                raise RouterRefusal(f"{self._place}: {command}: {'; '.join(traps)}")
            elif kind == "!done":
                return ApiAnswer(tuple(rows), values.get("ret", ""))
        raise ValueError("an answer without an end")

    def _sentence(self) -> Sequence[str]:
        try:
            kind, words = self._protocol.readSentence()
        except IndexError:
            # An empty sentence, which the library does not expect; the protocol ignores it.
            return ("",)
        if self._tape:
            self._tape(False, (kind, *words))
        return (kind, *words)


def open_session(access: RouterAccess, tape: Tape | None = None) -> ApiSession:
    """Connect, compare the certificate, log in. Raises ShapingError with the next step."""
    place = f"router {access.address}:{access.port}"
    password = _password(access)
    protocol = _connected(access, place)
    session = ApiSession(protocol, place)
    try:
        answer = session.ask("/login", f"=name={access.user}", f"=password={password}")
    except RouterRefusal as refusal:
        session.close()
        raise ShapingError(_login_sentence(str(refusal), access, place)) from None
    if answer.ret:
        # An older router sends a challenge and takes the password for nothing (facts 1.12).
        session.close()
        raise ShapingError(f"{place}: this RouterOS is older than 6.43; upgrade it, or use driver: manual")
    session._tape = tape
    return session


def _values(words: Sequence[str]) -> dict[str, str]:
    return dict(word[1:].partition("=")[::2] for word in words if word.startswith("="))


def _password(access: RouterAccess) -> str:
    try:
        return read_token(access.password)
    except SecretError as error:
        raise ShapingError(str(error)) from error


def _connected(access: RouterAccess, place: str) -> ApiProtocol:
    context = _context(access.certificate)
    wrapper = partial(_secured, context, access)
    try:
        transport = create_transport(
            host=access.address, port=access.port, saddr=None, timeout=ANSWER_SECONDS, ssl_wrapper=wrapper
        )
    except OSError as error:
        raise ShapingError(f"{place}: {_connect_sentence(error, access)}") from error
    # A router keeps bytes, and WinBox writes the code page of its Windows: one byte is one letter, none is dropped.
    return ApiProtocol(transport=transport, encoding="latin-1")


def _context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # The pin is stronger than a name: exactly this certificate, which a router's own seldom has an address in.
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(certificate)
    except (OSError, ssl.SSLError) as error:
        step = "export it on the router: /certificate export-certificate NAME, and copy the .crt here"
        raise ShapingError(f"{certificate}: no certificate can be read there ({error}); {step}") from error
    return context


def _secured(context: ssl.SSLContext, access: RouterAccess, plain: socket) -> ssl.SSLSocket:
    try:
        line = context.wrap_socket(plain)
    except OSError:
        plain.close()
        raise
    # Also one that the pinned certificate has signed is another one.
    if line.getpeercert(binary_form=True) not in _pins(access.certificate):
        line.close()
        raise ssl.SSLCertVerificationError("another certificate")
    return line


def _pins(certificate: Path) -> set[bytes]:
    blocks = re.findall(
        r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", certificate.read_text("utf-8"), re.S
    )
    return {ssl.PEM_cert_to_DER_cert(block) for block in blocks}


def _connect_sentence(error: OSError, access: RouterAccess) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        number = getattr(error, "verify_code", 0)
        if number in (_EXPIRED, _NOT_YET_VALID):
            when = "has expired" if number == _EXPIRED else "is not valid yet (is the clock right?)"
            return f"its certificate {when}; sign a new one there and put it into {access.certificate}"
        return f"its certificate is not the one in {access.certificate}; it is not this router, or has a new one"
    if isinstance(error, ssl.SSLError):
        return f"no TLS with a certificate ({error.reason}); set one: /ip service set api-ssl certificate=NAME"
    if isinstance(error, TimeoutError):
        return f"no answer in {ANSWER_SECONDS:g} s; is the address right, and api-ssl open to this one?"
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused; enable it there: /ip service enable api-ssl"
    return f"{error.strerror or error}; if it was cut at once, this address is not in api-ssl's available-from"


def _login_sentence(refusal: str, access: RouterAccess, place: str) -> str:
    if "not allowed" in refusal:
        return f"{place}: the group of user {access.user} has no policy api; see docs/how-to/shaping-routeros.md"
    if "invalid user name or password" in refusal or "cannot log in" in refusal:
        return f"{place}: user {access.user} or the password in {access.password} is wrong"
    return refusal
