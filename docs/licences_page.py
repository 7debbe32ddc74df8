"""The reference page of licences: the locked packages in, as their own metadata says them, one table out.

A package that only another system needs is not installed here, and its licence is read nowhere.
"""

import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

HEAD = """# Licences

What a machine of lebarpita carries beside lebarpita itself (Apache-2.0): every package of `requirements.lock`, its
version and the licence that its own metadata declares. Made of the lock and of the installed packages. Who keeps each
of those that lebarpita asks for, and why it is there: [dependencies](../why/dependencies.md). As a file for programs
(CycloneDX): [supply chain](../how-to/supply-chain.md).

| package | version | licence |
|---|---|---|
"""
# name==version; a marker and the hashes follow.
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_CLASSIFIER = "License :: OSI Approved :: "
_ELSEWHERE = "not installed on the system that made this page"
# A licence's whole text stands in the field of some packages; its name fits in this many characters.
_LONGEST_NAME = 60


def licences_page(lock: Path) -> str:
    """The page for that lock file."""
    rows = sorted(_rows(lock.read_text(encoding="utf-8")), key=lambda row: row[0].lower())
    return HEAD + "".join(f"| {name} | {version} | {licence} |\n" for name, version, licence in rows)


def licence_of(package: metadata.PackageMetadata) -> str:
    """What it declares: an SPDX expression, else its classifiers, else the field of old; never guessed from a text."""
    expression = package.get_all("License-Expression") or []
    if expression:
        return str(expression[0])
    classifiers = [
        line.removeprefix(_CLASSIFIER) for line in package.get_all("Classifier") or [] if _CLASSIFIER in line
    ]
    if classifiers:
        return ", ".join(sorted(classifiers))
    field = "".join(package.get_all("License") or []).strip()
    return field if 0 < len(field) <= _LONGEST_NAME and "\n" not in field else "not declared"


def _rows(lock: str) -> Iterator[tuple[str, str, str]]:
    versions: dict[str, list[str]] = {}
    for name, version in _LOCKED.findall(lock):
        versions.setdefault(name, []).append(version)
    for name, all_of_them in versions.items():
        try:
            licence = licence_of(metadata.metadata(name))
        except metadata.PackageNotFoundError:
            licence = _ELSEWHERE
        # Several where an older Python is given an older one.
        yield name, ", ".join(all_of_them), licence
