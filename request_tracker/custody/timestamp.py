"""Time stamps by RFC 3161: a text in, an authority's signed answer out; and whether an answer is true for a text.

The protocol and the signatures are ``rfc3161-client``'s. What is sent is the text's hash and a number; the authority
learns nothing of the office. An answer is checked before it is kept, by the certificates the office trusts.
"""

import base64
import binascii
from datetime import datetime
from pathlib import Path

import requests
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from request_tracker.custody.der import with_sorted_certificates
from request_tracker.errors import TrackerError

TIMEOUT_SECONDS = 15  # An authority answers within a second or is down; the job comes again.
MAX_ANSWER_BYTES = 64 * 1024  # A token with its certificates has five to ten thousand bytes.
PIECE_BYTES = 4096  # Read so much at a time: an answer without end is given up after sixteen of them.
_QUERY = "application/timestamp-query"  # RFC 3161, 3.4.


def stamp_text(text: str, url: str, roots: Path) -> str:
    """The authority's answer over the text, checked, as base64. Raises TrackerError naming the authority."""
    request = TimestampRequestBuilder().data(text.encode()).hash_algorithm(HashAlgorithm.SHA256).build()
    content = _answer_of(url, request.as_bytes())
    answer = _decoded(content, url)
    _check(answer, text, roots, url, request.nonce)
    return base64.b64encode(content).decode()


def stamped_at(timestamp: str, text: str, roots: Path, place: object) -> datetime:
    """When the authority saw the text. Raises TrackerError where the answer is not true for it."""
    try:
        content = base64.b64decode(timestamp, validate=True)
    except binascii.Error as error:
        raise TrackerError(f"{place}: its time stamp is no base64: {error}") from error
    answer = _decoded(content, place)
    _check(answer, text, roots, place, None)
    moment: datetime = answer.tst_info.gen_time
    return moment


def _answer_of(url: str, query: bytes) -> bytes:
    headers, content = {"Content-Type": _QUERY}, b""
    try:
        with requests.post(url, data=query, headers=headers, timeout=TIMEOUT_SECONDS, stream=True) as answer:
            answer.raise_for_status()
            for piece in answer.iter_content(PIECE_BYTES):
                content += piece
                if len(content) > MAX_ANSWER_BYTES:
                    raise TrackerError(f"anchor.timestamp.url: {url} answers with more than {MAX_ANSWER_BYTES} bytes")
    except requests.RequestException as error:
        raise TrackerError(f"anchor.timestamp.url: {url} does not answer: {type(error).__name__}") from error
    return content


def _decoded(content: bytes, place: object) -> TimeStampResponse:
    try:
        return decode_timestamp_response(with_sorted_certificates(content))
    except ValueError as error:
        raise TrackerError(f"{place}: what came is no time stamp of RFC 3161: {error}") from error


def _check(answer: TimeStampResponse, text: str, roots: Path, place: object, nonce: int | None) -> None:
    builder = VerifierBuilder()
    for certificate in _certificates(roots):
        builder = builder.add_root_certificate(certificate)
    if nonce is not None:
        builder = builder.nonce(nonce)
    try:
        builder.build().verify_message(answer, text.encode())
    except (VerificationError, ValueError) as error:
        raise TrackerError(f"{place}: the time stamp is not true for this text: {error}") from error


def _certificates(roots: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(roots.read_bytes())
    except (OSError, ValueError) as error:
        raise TrackerError(f"anchor.timestamp.roots: {roots} has no certificate in PEM: {error}") from error
