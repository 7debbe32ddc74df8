"""The order of certificates in a time stamp: an answer as authorities send it in, as DER wants it out. Pure.

DER sorts the members of a set (X.690, 11.6), and rfc3161-client reads nothing else; OpenSSL's responder, and whoever
uses it, sends the certificates in the order of its file. They stand outside what is signed, so they may be sorted; as
no length changes, nothing else moves.
"""

from typing import NamedTuple

_CERTIFICATES = 0xA0  # The tag [0] of a set: context-specific, constructed (X.690, 8.1.2).
# Where the certificates stand (RFC 3161, 2.4.2; RFC 5652, 5.1): each number is a member's place in the one before it.
# TimeStampResp -> timeStampToken (1) -> content (1) -> SignedData (0); there they are the member with the tag [0].
_WAY = (1, 1, 0)
_MOST_LENGTH_BYTES = 4  # Four gigabytes: more than any answer that was let in.


class _Member(NamedTuple):
    """One value of DER: its tag, where it begins, where its content begins and ends."""

    tag: int
    start: int
    begin: int
    end: int


def with_sorted_certificates(answer: bytes) -> bytes:
    """The answer with its certificates in DER's order; as it came where it is none, or has none. Never raises."""
    try:
        place = _member(answer, 0, len(answer))
        for number in _WAY:
            place = _members(answer, place)[number]
        certificates = next(member for member in _members(answer, place) if member.tag == _CERTIFICATES)
        parts = sorted(answer[member.start : member.end] for member in _members(answer, certificates))
    except (IndexError, StopIteration, ValueError):
        return answer
    return answer[: certificates.begin] + b"".join(parts) + answer[certificates.end :]


def _members(data: bytes, outer: _Member) -> list[_Member]:
    members, at = [], outer.begin
    while at < outer.end:
        members.append(_member(data, at, outer.end))
        at = members[-1].end
    return members


def _member(data: bytes, start: int, limit: int) -> _Member:
    """The value that begins there. Raises ValueError or IndexError where it does not fit into what is around it."""
    length, begin = data[start + 1], start + 2
    if length >= 0x80:
        count = length - 0x80
        if not 0 < count <= _MOST_LENGTH_BYTES:
            raise ValueError("a length of no bytes, or of too many")
        length, begin = int.from_bytes(data[begin : begin + count], "big"), begin + count
    if begin + length > limit:
        raise ValueError("a value that ends outside")
    return _Member(data[start], start, begin, begin + length)
