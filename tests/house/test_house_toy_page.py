"""A page is one module and its template: a toy one, put into a copy of the tracker, answers with nothing else touched.

The copy runs in a process of its own, so that what the other tests have imported stays out of it.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tree import ROOT, TESTS

TOY = '''"""A toy: nothing in, a sentence out."""

from flask import render_template

from request_tracker.web.shell.access import needs
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import Conduct, PageGroup, PageLimit

pages = PageGroup("toy", __name__, Conduct(limits=(PageLimit("2/minute"),)))


@pages.get("/mainan")
@pages.menu(MenuGroup.NETWORK, 15, ("Mainan", "Toy"), "see_capacity")
@needs("see_capacity")
def listing() -> str:
    """The toy."""
    return render_template("toy.html", answer=6 * 7)
'''
TEMPLATE = """{% extends "base.html" %}
{% block main %}<h1>{{ t("Mainan", "Toy") }} {{ answer }}</h1>{% endblock %}
"""
VISIT = """
import json, sys
from dataclasses import replace
from pathlib import Path
import request_tracker
from request_tracker.web.app import create_app
from tracker_site import Site, new_site

folder = Path(sys.argv[1])
site = new_site(folder)
limited = Site(site.desk, create_app(site.client.application.extensions["office"]).test_client())
def link(page):
    return 'href="/mainan"' in page
found = {"from": request_tracker.__file__, "stranger": site.client.get("/mainan").location}
site.enter("secretariat")
found |= {"secretariat": site.client.get("/mainan").status_code, "in secretariat's menu": link(site.get("/kasus"))}
site.enter("technician")
page = site.get("/mainan")
found |= {"technician": "Mainan 42" in page, "in his menu": link(site.get("/kasus"))}
found["after"] = page.index(">Daftar NOC</a>") < page.index(">Mainan</a>") < page.index(">Dinding</a>")
limited.log_in("technician")
found["limit"] = [limited.client.get("/mainan").status_code for _ in range(3)]
print(json.dumps(found))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tracker with one module and one template more."""
    for room in ("request_tracker", "inventory", "runtime"):
        if (ROOT / room).is_dir():
            shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    network = tmp_path / "request_tracker" / "web" / "network"
    (network / "toy.py").write_text(TOY, encoding="utf-8")
    (network / "templates" / "toy.html").write_text(TEMPLATE, encoding="utf-8")
    return tmp_path


def test_a_page_needs_its_module_and_its_template_and_no_other_file(copy: Path, tmp_path: Path) -> None:
    paths = (copy, ROOT, TESTS, TESTS / "request_tracker")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths)), "SESSION": "rahasia-sesi-yang-panjang"}
    answer = subprocess.run(
        [sys.executable, "-P", "-c", VISIT, str(tmp_path)],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == {
        "from": str(copy / "request_tracker" / "__init__.py"),
        "stranger": "/masuk?next=%2Fmainan",
        "secretariat": 403,
        "in secretariat's menu": False,
        "technician": True,
        "in his menu": True,
        "after": True,
        "limit": [200, 200, 429],
    }
