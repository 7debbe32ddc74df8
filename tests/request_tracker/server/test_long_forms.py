"""A form above its page's bound keeps what was typed: its files are cut, its fields are not."""

import http.client
import re
import secrets
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from served_office import serving
from werkzeug.datastructures import FileStorage
from werkzeug.formparser import FormDataParser
from werkzeug.test import encode_multipart

from request_tracker.server.long_forms import FormCut, form_cut

MOST = 1000


def cut_form(body: bytes, cut: FormCut, size: int) -> bytes | None:
    """The body, fed in pieces of that size; None where it was refused."""
    pieces = [cut.cut(body[at : at + size]) for at in range(0, len(body), size)]
    pieces.append(cut.end() if None not in pieces else None)
    return None if None in pieces else b"".join(piece for piece in pieces if piece is not None)


def read(body: bytes, boundary: str) -> tuple[dict[str, str], dict[str, tuple[str, bytes]]]:
    parser = FormDataParser(stream_factory=lambda *_, **__: BytesIO())
    _, form, files = parser.parse(BytesIO(body), "multipart/form-data", len(body), {"boundary": boundary})
    return dict(form), {name: (str(file.filename), file.read()) for name, file in files.items()}


@pytest.mark.parametrize("size", [7, 64, 100_000])
def test_files_are_cut_and_what_stands_before_and_after_them_is_not(size: int) -> None:
    long, short = secrets.token_bytes(5000), secrets.token_bytes(10)
    boundary, body = encode_multipart(
        {
            "opd": "dinkes",
            "letter": FileStorage(BytesIO(long), 'surat "akhir".pdf'),
            "note": "baris satu\r\nbaris dua é",
            "photo": FileStorage(BytesIO(short), "foto.jpg"),
            "empty": "",
            "act": "sign",
        }
    )
    cut = form_cut(f'multipart/form-data; boundary="{boundary}"', MOST)
    kept = cut_form(body, cut, size) if cut else None
    assert kept is not None and len(kept) < 3000
    form, files = read(kept, boundary)
    assert form == {"opd": "dinkes", "note": "baris satu\r\nbaris dua é", "empty": "", "act": "sign"}
    assert files["letter"][1] == long[:MOST] and files["photo"] == ("foto.jpg", short)


@pytest.mark.parametrize(
    "kind",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary="],
)
def test_what_is_no_form_with_files_is_not_cut(kind: str) -> None:
    assert form_cut(kind, MOST) is None


@pytest.mark.parametrize(
    "body",
    [
        b"x" * 5000,
        b"--b\r\n" + b"x" * 2**21,
        b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
        b'--b\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\nnever ends',
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"x" * 2**21 + b"\r\n--b--\r\n",
        b"".join(b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' for _ in range(300)) + b"--b--\r\n",
        b"--b\r\n\xff\xfe: \xff\r\n\r\nx\r\n--b--\r\n",
    ],
    ids=["no boundary", "endless head", "no name", "no end", "endless field", "many parts", "no text"],
)
def test_what_cannot_be_read_as_a_form_is_refused_whole(body: bytes) -> None:
    assert cut_form(body, FormCut("b", MOST), 65_536) is None


def test_a_name_that_would_make_another_field_makes_none() -> None:
    body = (
        b"--b\r\nContent-Disposition: form-data; name=\"a\"; filename*=utf-8''x%22%0D%0Ay%3A%20z\r\n\r\nq\r\n--b--\r\n"
    )
    kept = cut_form(body, FormCut("b", MOST), 10)
    assert kept is not None and kept.count(b"\r\n\r\n") == 1
    form, files = read(kept, "b")
    assert (form, files["a"][1]) == ({}, b"q")


def test_a_file_of_six_times_the_size_is_refused_on_its_form_with_what_was_typed(tmp_path: Path) -> None:
    with serving(tmp_path, {}, uploads={"megabytes": 1}) as office:
        with closing(http.client.HTTPConnection("127.0.0.1", office.port, timeout=60)) as browser:
            browser.request("GET", "/permohonan")
            answer = browser.getresponse()
            cookie, page = (answer.getheader("Set-Cookie") or "").partition(";")[0], answer.read().decode()
            hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
            typed = {"purpose": "layanan rumah sakit", "contact_name": "Narahubung", "contact_phone": "0800111222"}
            opd = re.findall(r'<option value="([^"]+)"', page)[0]
            chosen = {"opd": opd, "wanted_receive": "50"}
            letter = FileStorage(BytesIO(b"%PDF-" + bytes(6 * 2**20)), "surat.pdf")
            boundary, body = encode_multipart({**hidden, **chosen, **typed, "letter": letter})
            kind = f"multipart/form-data; boundary={boundary}"
            browser.request("POST", "/permohonan", body, {"Content-Type": kind, "Cookie": cookie})
            answer = browser.getresponse()
            text = answer.read().decode()
        assert answer.status == 422 and "lebih besar dari 1 MB" in text
        assert all(value in text for value in typed.values()) and office.figure("lebarpita_http_held_bytes") == 0
