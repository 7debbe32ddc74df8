"""Every page of the list that is photographed (docs/faces), read by axe-core at 360 px over the made-up office."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_hands import AXE, PATIENCE_MS, PHONE
from playwright.sync_api import Browser, Page
from tracker_site import PASSWORD
from werkzeug.serving import make_server

from docs.faces.made_up_office import MadeUpOffice, made_up_office
from docs.faces.page_list import FACES
from docs.faces.standing_still import stopped_clock
from lab.loopback import at_work
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.web.app import create_app
from request_tracker.web.shell.context import OfficeDesk

pytestmark = pytest.mark.browser
LOGINS = sorted({face.login for face in FACES})


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, MadeUpOffice]]:
    """The office's address, and what its pages are called."""
    with stopped_clock():
        made = made_up_office(tmp_path_factory.mktemp("faces"), PASSWORD)
        app = create_app(OfficeDesk(made.config, made.desk, Prometheus("http://127.0.0.1:9")), testing=True)
        with at_work(make_server("127.0.0.1", 0, app, threaded=True)) as url:
            yield url, made
        made.desk.store.close()


def window(chromium: Browser, url: str, login: str) -> Page:
    page = chromium.new_page(viewport=PHONE, bypass_csp=True)  # type: ignore[arg-type]  # a ViewportSize
    page.set_default_timeout(PATIENCE_MS)
    if login:
        page.goto(f"{url}/masuk")
        page.get_by_label("Nama pengguna").fill(login)
        page.get_by_label("Sandi").fill(PASSWORD)
        with page.expect_navigation():
            page.get_by_role("main").get_by_role("button", name="Masuk").click()
    return page


@pytest.mark.parametrize("login", LOGINS, ids=lambda login: login or "siapa-saja")
def test_every_page_fits_a_phone_has_one_heading_and_no_serious_fault(
    chromium: Browser, office: tuple[str, MadeUpOffice], login: str
) -> None:
    url, made = office
    page, wrong = window(chromium, url, login), []
    for face in (face for face in FACES if face.login == login):
        answer = page.goto(url + made.places.of(face.address))
        assert answer is not None and answer.status == 200, face.name
        if page.evaluate("document.documentElement.scrollWidth - window.innerWidth") > 0:
            wrong.append(f"{face.name} is wider than its window")
        if page.locator("h1").count() != 1:
            wrong.append(f"{face.name} has {page.locator('h1').count()} headings of the first rank")
        faults = Axe().run(page, options=AXE).response["violations"]
        serious = [fault for fault in faults if fault["impact"] in ("serious", "critical")]
        wrong += [f"{face.name}: {fault['id']} at {fault['nodes'][0]['html'][:160]}" for fault in serious]
    page.close()
    assert wrong == [], "\n".join(wrong)
