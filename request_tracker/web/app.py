"""Builds the Flask application: an office in, the pages of seven folders with security around them out. No socket."""

from pathlib import Path

from flask import Flask
from jinja2 import FileSystemLoader

from request_tracker.letters.sop_files import VOCABULARY
from request_tracker.sop import register
from request_tracker.web import accounts, api, audit, cases, network, public, shell
from request_tracker.web.shell.sent_values import BoundedNumber, OfficeRequest

FOLDERS = (shell, public, cases, network, accounts, audit, api)


def create_app(office: shell.OfficeDesk, testing: bool = False) -> Flask:
    """The application of one office. ``testing`` switches rate limits off, nothing else."""
    app = shell.FailureTellingFlask(__name__, static_folder="static")
    app.request_class, app.url_map.converters["int"] = OfficeRequest, BoundedNumber
    app.jinja_loader = FileSystemLoader(sorted(Path(__file__).parent.glob("*/templates")))  # A name is found in any.
    shell.configure(app, office, testing)
    shell.serve(app, office, [pages for folder in FOLDERS for pages in shell.pages_in(folder)])
    return app


def prepare(app: Flask) -> None:
    """Compile every template and read every SOP now, or the first people after a start wait for all of it at once."""
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    register.read_all(app.extensions["office"].desk.store, VOCABULARY)
