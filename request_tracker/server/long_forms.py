"""A form that is too large for its page, cut to what the page can refuse itself: pieces of a body in, fewer out.

Of each file only so much is left that its page sees it is too large; what was typed stays whole, so that the page comes
back as it was filled in. Nothing that is cut off is kept anywhere. werkzeug reads the form.
"""

from contextlib import suppress

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

FORM_TYPE = "multipart/form-data"
# What is typed into a form of ours, and its parts: the pages' own bounds are the same.
TYPED_BYTES, MOST_PARTS = 2**20, 200
_LONGEST_BOUNDARY = 70  # Characters (RFC 2046, 5.1.1).
# As browsers write a name into the head of a part (the HTML standard's multipart/form-data encoding).
_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


class FormCut:
    """Cuts one body; ``most_of_file`` bytes of each file are left, which is more than its page takes."""

    def __init__(self, boundary: str, most_of_file: int) -> None:
        self._boundary, self._most = boundary.encode("ascii"), most_of_file
        self._decoder = MultipartDecoder(self._boundary, TYPED_BYTES, max_parts=MOST_PARTS)
        self._left = self._typed = 0
        self._in_file = False

    def cut(self, piece: bytes) -> bytes | None:
        """What is left of the next piece; None where this is no form that can be cut."""
        return self._passed(piece) if piece else b""

    def end(self) -> bytes | None:
        """What is left at the end of the body; None where the form did not end."""
        return self._passed(None)

    def _passed(self, piece: bytes | None) -> bytes | None:
        left_over = b""
        with suppress(ValueError, AttributeError, RequestEntityTooLarge):
            self._decoder.receive_data(piece)
            while not isinstance(event := self._decoder.next_event(), NeedData):
                left_over += self._written(event)
                if isinstance(event, Epilogue):
                    return left_over
            return left_over
        return None

    def _written(self, event: Event) -> bytes:
        if isinstance(event, Data):
            return self._shortened(event.data)
        if isinstance(event, Field | File):
            self._in_file, self._left = isinstance(event, File), self._most
            head = f'Content-Disposition: form-data; name="{event.name.translate(_ESCAPES)}"'
            if isinstance(event, File):
                head += f'; filename="{event.filename.translate(_ESCAPES)}"'
            return b"\r\n--" + self._boundary + f"\r\n{head}\r\n\r\n".encode()
        return b"\r\n--" + self._boundary + b"--\r\n" if isinstance(event, Epilogue) else b""

    def _shortened(self, data: bytes) -> bytes:
        if self._in_file:
            left_over = data[: self._left]
            self._left -= len(left_over)
            return left_over
        self._typed += len(data)
        if self._typed > TYPED_BYTES:
            raise RequestEntityTooLarge
        return data


def form_cut(content_type: str, most_of_file: int) -> FormCut | None:
    """What cuts a body of that type; None where it is no form with files."""
    kind, options = parse_options_header(content_type)
    boundary = options.get("boundary", "")
    if kind != FORM_TYPE or not 0 < len(boundary) <= _LONGEST_BOUNDARY or not boundary.isascii():
        return None
    return FormCut(boundary, most_of_file)
