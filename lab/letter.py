"""A letter in the middle of its way: an OPD's request, sent and accepted by the pages as people do it, then waiting.

What people type is invented; every step is the product's own, so the case has its history, its number and its evidence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException

from lab import LabError
from lab.client import Lab
from request_tracker.bench.browser import Browser, Page, Upload, hidden_fields
from request_tracker.bench.made_up_papers import letter

SECTION = "kasi"
_ENTRY = re.compile(r'href="(/kotak-masuk/\d+)"')
_WISH = {
    "wanted_receive": "40",
    "purpose": "Rekam medis elektronik di semua puskesmas",
    "contact_name": "Operator Contoh",
    "contact_phone": "0285 000 000",
    "contact_email": "operator@contoh.invalid",
    "channel": "email",
}


@dataclass(frozen=True)
class Hand:
    """A person at a browser."""

    browser: Browser
    role: str

    def send(self, page: str, mark: str, values: Mapping[str, str], file: Upload | None = None) -> Page:
        """Fill in the form of a page in which ``mark`` stands and send it. Raises LabError where it is refused."""
        hidden = hidden_fields(self.browser.get(self.role, page).text, mark)
        if hidden is None:
            raise LabError(f"{page}: the form is missing")
        answer = self.browser.post(self.role, page, {**hidden, **values}, file)
        if answer.status >= 400:
            raise LabError(f"{page}: refused with {answer.status}")
        return answer


def bring_letter(lab: Lab, opd: str) -> str:
    """Send the request and accept it as the head of the section does; the page of its case. Raises LabError."""
    browser = Browser(("127.0.0.1", int(lab.facts()["ports"]["tracker"])), "127.0.0.1")
    visitor, section = Hand(browser, "visitor"), Hand(browser, SECTION)
    password = (lab.paths.secrets / f"password-{SECTION}").read_text().strip()
    file = Upload("letter", "surat-permohonan.pdf", letter(1))
    try:
        visitor.send("/permohonan", 'name="key"', {**_WISH, "opd": opd}, file)
        section.send("/masuk", 'name="password"', {"login": SECTION, "password": password})
        entry = _ENTRY.search(browser.get(SECTION, "/kotak-masuk").text)
        if entry is None:
            raise LabError("the request stands in nobody's inbox")
        case = section.send(entry[1], 'value="accept"', {"act": "accept"}).location
    except (OSError, HTTPException) as error:
        raise LabError(f"the tracker does not answer: {error}") from error
    finally:
        browser.close()
    if not case.startswith("/kasus/"):
        raise LabError("the request was not accepted")
    return case
