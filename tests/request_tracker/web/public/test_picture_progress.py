"""A photograph that takes long: its form is told of at once, the page says how it goes, and then it is the answer."""

import io
import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from children import until
from PIL import Image
from served_office import ServedOffice, serving
from tracker_site import Site

from request_tracker.server.long_works import KEPT, LongWorks

FORM = {"opd": "dinkes", "description": "mati", "contact_name": "Narahubung", "contact_phone": "08"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedOffice]:
    """A server that tells of whatever takes a twentieth of a second."""
    with serving(tmp_path_factory.mktemp("progress"), {"progress_seconds": 0.05}) as running:
        yield running


def picture() -> bytes:
    """Twenty megapixels, small as a file."""
    out = io.BytesIO()
    Image.new("RGB", (5_000, 4_000)).save(out, "PNG", compress_level=1)
    return out.getvalue()


def send(office: ServedOffice, path: str, form: dict[str, str], content: bytes) -> tuple[int, str, str]:
    """A form with a photograph, as a browser sends it; status and head of the answer, and the browser's cookie."""
    _, page = office.get(path)
    cookie = page.split("set-cookie: ")[1].split(";")[0]
    fields = {**form, "csrf_token": page.split('name="csrf_token" value="')[1].split('"')[0]}
    parts = [f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
    parts.append('--x\r\nContent-Disposition: form-data; name="letter"; filename="foto.png"\r\n\r\n')
    body = "".join(parts).encode() + content + b"\r\n--x--\r\n"
    kind = f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(body)}\r\nCookie: {cookie}"
    status, text = office.ask(f"POST {path} HTTP/1.1\r\n{kind}", body)
    return status, text, cookie


def place(answer: str) -> str:
    found = re.search(r"^location: (/diolah/\S+)\r$", answer, re.MULTILINE)
    assert found, answer[:500]
    return found[1]


def test_a_form_with_a_large_photograph_is_told_of_until_its_answer_is_there(office: ServedOffice) -> None:
    status, text, _ = send(office, "/lapor", FORM, picture())
    assert status == 303
    page = place(text)
    first = office.get(page)[1]
    if "/tanda-terima" not in first:
        assert "Foto Anda sedang diolah" in first and "refresh: 2" in first and "jangan dikirim lagi" in first
    answer = until(lambda: _answered(office, page), "the receipt", office.process)
    receipt = re.search(r'href="(/lacak/[^"]+/tanda-terima)"', answer)
    assert receipt and re.search(r"PKL-GG/\d{4}/", office.get(receipt[1])[1])
    assert _answered(office, page) == answer, "told again while it is kept"


def _answered(office: ServedOffice, page: str) -> str | None:
    status, text = office.get(page)
    assert status < 500, text
    return None if "Foto Anda sedang diolah" in text else text.partition("\r\n\r\n")[2]


def test_a_form_that_comes_back_goes_to_its_own_page_from_there(office: ServedOffice) -> None:
    status, text, cookie = send(office, "/lapor", {**FORM, "act": "another", "since": "0001-01-01T00:00"}, picture())
    if status == 303:
        page = place(text)
        refused = until(lambda: _answered(office, page), "the form", office.process)
        assert 'value="Narahubung"' in refused
        token = refused.split('name="csrf_token" value="')[1].split('"')[0]
        sent = f"csrf_token={token}".encode()
        head = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(sent)}\r\nCookie: {cookie}"
        status, text = office.ask(f"POST {page} HTTP/1.1\r\n{head}", sent)
        assert status == 307 and "location: /lapor\r\n" in text


def test_others_are_served_while_a_photograph_is_worked_on(office: ServedOffice) -> None:
    page = place(send(office, "/lapor", FORM, picture())[1])
    with closing(office.connect()) as visitor:
        visitor.sendall(b"GET /status HTTP/1.1\r\nHost: x\r\n\r\n")
        assert visitor.recv(100).startswith(b"HTTP/1.1 200")
    until(lambda: _answered(office, page), "the receipt", office.process)
    until(lambda: office.figure("lebarpita_http_held_bytes") == 0, "given back", office.process)


def test_a_ticket_of_nobody_is_no_page(site: Site) -> None:
    assert site.client.get("/diolah/salah").status_code == 404


def test_only_the_newest_are_kept() -> None:
    works = LongWorks()
    tickets = [works.enter(f"/{number}")[0] for number in range(KEPT + 1)]
    assert works.of(tickets[0]) is None and len(set(tickets)) == KEPT + 1
    newest = works.of(tickets[-1])
    assert newest and newest.path == f"/{KEPT}" and newest.answer is None


def test_the_server_forks_the_child_that_reads_a_photograph(office: ServedOffice) -> None:
    name = "lebarpita_file_children_total"

    def another() -> bool:
        status, _, _ = send(office, "/lapor", FORM, picture())
        assert status in (200, 303)
        return office.figure(name, "prepared") > 0

    # The first may come before it has imported what it forks with.
    until(another, "one of a prepared child", office.process)
