"""The whole office in one ZIP, taken while it is in use, and put back: database, attachments, own templates, settings.

The database is copied first and the attachments after it: they are kept by hash and never changed or removed, so
every one that the copy names is there. Each file has its sum inside, and the ZIP's comment is the sum of all bytes
before it: one flipped bit anywhere is found before anything is put back. Secrets are references and stay outside.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from request_tracker.config import TrackerConfig
from request_tracker.errors import TrackerError
from request_tracker.store import files
from request_tracker.store.damaged_zips import DAMAGES
from request_tracker.store.database import DatabaseError, Store, check_file, set_aside
from runtime.files import settle

DATABASE, ATTACHMENTS, TEMPLATES, SETTINGS, SUMS = "tracker.db", "lampiran/", "templat/", "pengaturan/", "SHA256SUMS"
READ_ME = "BACA.txt"
_READ_ME_TEXT = f"""Cadangan pelacak. Berisi data pribadi: simpan seperti basis datanya.

{DATABASE}     basis data
{ATTACHMENTS}      setiap berkas yang diserahkan, bernama sidiknya
{TEMPLATES}       templat surat kantor ini
{SETTINGS}    tracker.yaml dan berkas kota (rahasia tidak ikut: hanya rujukannya)

Periksa tanpa pelacak:   sha256sum -c {SUMS}
Periksa dengan pelacak:  lebarpita-tracker audit backup CADANGAN.zip
Kembalikan:              lebarpita-tracker restore CADANGAN.zip
"""
# The seal is a sha256 in hexadecimal. Pieces of 1 MiB keep the memory small whatever the size of a file.
_SEAL_BYTES, _PIECE_BYTES = 64, 1 << 20
# How every SQLite file begins (its file format, 1.3); a backup of 0.1 was such a file.
_SQLITE = b"SQLite format 3\0"
# Every name a backup may hold; what does not match (a "../", a folder of its own) is never unpacked.
_PLACED = re.compile(rf"{ATTACHMENTS}[0-9a-f]{{64}}|(?:{TEMPLATES}|{SETTINGS})(?!\.)[^/\\]+|{DATABASE}|{READ_ME}")


def backup(store: Store, config: TrackerConfig, target: Path, settings: Path | None = None) -> list[str]:
    """Write the backup, whole or not at all; returns the attachments that were gone or damaged before it was taken."""
    if target.exists():
        raise TrackerError(f"{target} exists already; a backup never overwrites")
    copied, partial = (target.with_name(target.name + end) for end in (".database", ".partial"))
    try:
        for path in (copied, partial):
            path.unlink(missing_ok=True)
            # Made with its mode before a byte of it is written: a backup holds personal data.
            path.touch(mode=0o600)
        store.copy_to(copied)
        check_file(copied)
        lost = _write(partial, store, config, {DATABASE: copied, **_office_files(config, settings)})
        # By now its content is on the disk (``_write``); settle puts the name there too.
        partial.rename(target)
        settle(target.parent)
    except (DatabaseError, OSError) as error:
        raise TrackerError(f"{target}: no backup was written: {error}; make room or choose another place") from error
    finally:
        for path in (copied, partial):
            with suppress(OSError):
                path.unlink()
    return lost


def note_backup(store: Store, now: datetime) -> None:
    """Write down that a backup was taken: an office without a recent one is warned."""
    with store.transaction() as db:
        db.table("backups").insert({"at": now.timestamp()})


def last_backup(store: Store) -> float | None:
    """Unix seconds of the last one; before that of the first event; None where there is nothing to lose yet."""
    newest = store.value("SELECT max(at) FROM backups")
    if newest is not None:
        return float(newest)
    first = store.value("SELECT min(recorded_at) FROM events")
    return None if first is None else datetime.fromisoformat(first).timestamp()


def damages(source: Path) -> list[str]:
    """Everything that is wrong with a backup, file by file. Raises TrackerError where it cannot be read as one."""
    try:
        with ZipFile(source) as opened:
            sums = {
                name: digest for digest, name in (line.split("  ") for line in opened.read(SUMS).decode().splitlines())
            }
            there = set(opened.namelist()) - {SUMS}
            faults = [f"{name}: is missing" for name in sorted(sums.keys() - there)]
            faults += [f"{name}: is not in {SUMS}" for name in sorted(there - sums.keys())]
            faults += [f"{name}: is no place in a backup" for name in sorted(there) if not _PLACED.fullmatch(name)]
            for name in sorted(sums.keys() & there):
                if _sum_inside(opened, name) != sums[name]:
                    faults.append(f"{name}: its content does not give its sum")
        return faults or _seal_faults(source)
    except OSError as error:
        raise TrackerError(f"{source}: cannot be read: {error.strerror or error}") from error
    except DAMAGES as error:
        raise TrackerError(f"{source}: {_no_backup(source)}: {error}") from error


def _no_backup(source: Path) -> str:
    with source.open("rb") as file:
        if file.read(len(_SQLITE)) != _SQLITE:
            return "is no backup, or its list of files is damaged"
    return (
        "is the database itself, as release 0.1 kept it: put it in the place that database: names and start the tracker"
    )


def restore(source: Path, config: TrackerConfig, now: datetime, overwrite: bool = False) -> list[Path]:
    """Put everything in its place, the database last; returns what was set aside. A damaged backup changes nothing."""
    if config.database.exists() and not overwrite:
        raise TrackerError(f"{config.database} exists already; --overwrite sets it aside and puts the backup in place")
    if faults := damages(source):
        raise TrackerError("\n".join([*(f"{source}: {line}" for line in faults), "nothing was put back"]))
    end = f".before-{now:%Y%m%dT%H%M%S}"
    staged = config.database.with_name(config.database.name + ".partial")
    try:
        config.database.parent.mkdir(parents=True, exist_ok=True)
        with ZipFile(source) as opened:
            _take_out(opened, DATABASE, staged)
            check_file(staged)
            _put_attachments(opened, config.files)
            aside = _put_templates(opened, config.templates, end)
        # Last of all: until here a restore that fails has changed nothing that the tracker reads.
        aside += set_aside(config.database, end)
        staged.rename(config.database)
        settle(config.database.parent)
    except OSError as error:
        raise TrackerError(f"{source}: was not put back whole: {error}; mend that and restore once more") from error
    finally:
        with suppress(OSError):
            staged.unlink()
    return aside


def _office_files(config: TrackerConfig, settings: Path | None) -> dict[str, Path]:
    """What an office wrote itself and no database holds: the configuration, the city, its templates."""
    written = {f"{SETTINGS}tracker.yaml": settings} if settings else {}
    written[f"{SETTINGS}{config.inventory.name}"] = config.inventory
    own = sorted(config.templates.iterdir()) if config.templates and config.templates.is_dir() else []
    return written | {f"{TEMPLATES}{path.name}": path for path in own if path.is_file() and path.name[0] != "."}


def _write(partial: Path, store: Store, config: TrackerConfig, parts: dict[str, Path]) -> list[str]:
    sums, lost = [], []
    with partial.open("r+b") as file:
        with ZipFile(file, "w") as out:
            for name, path in parts.items():
                # force_zip64: the size of a database is not known before it is packed, and may be above 4 GiB.
                with path.open("rb") as content, out.open(_entry(name), "w", force_zip64=True) as packed:
                    sums.append(f"{_copy(content, packed)}  {name}")
            for sha256 in [row["sha256"] for row in store.rows("SELECT sha256 FROM files ORDER BY sha256")]:
                try:
                    # Stored: PDF, JPEG and DOCX are compressed already.
                    out.writestr(_entry(f"{ATTACHMENTS}{sha256}", ZIP_STORED), files.read(config.files, sha256))
                    sums.append(f"{sha256}  {ATTACHMENTS}{sha256}")
                except TrackerError as error:
                    lost.append(str(error))
            out.writestr(_entry(READ_ME), _READ_ME_TEXT)
            sums.append(f"{hashlib.sha256(_READ_ME_TEXT.encode()).hexdigest()}  {READ_ME}")
            out.writestr(_entry(SUMS), "\n".join(sums) + "\n")
            # The comment is the last thing in a ZIP: its place is kept free here and filled with the seal below.
            out.comment = b"0" * _SEAL_BYTES
        seal = _seal(file)
        file.seek(-_SEAL_BYTES, os.SEEK_END)
        file.write(seal)
        file.flush()
        os.fsync(file.fileno())
    return lost


def _entry(name: str, packing: int = ZIP_DEFLATED) -> ZipInfo:
    made = ZipInfo(name)
    # The upper 16 bits are the Unix mode: whoever unpacks it by hand gets files for himself alone.
    made.compress_type, made.external_attr = packing, 0o600 << 16
    return made


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    while piece := content.read(_PIECE_BYTES):
        yield piece


def _copy(content: IO[bytes], out: IO[bytes]) -> str:
    """Copy and give the sum of what was copied."""
    made = hashlib.sha256()
    for piece in _pieces(content):
        made.update(piece)
        out.write(piece)
    return made.hexdigest()


def _seal(file: IO[bytes]) -> bytes:
    """The sum of everything before the comment, as the comment's text."""
    left, made = file.seek(0, os.SEEK_END) - _SEAL_BYTES, hashlib.sha256()
    file.seek(0)
    while left > 0:
        piece = file.read(min(left, _PIECE_BYTES))
        made.update(piece)
        left -= len(piece)
    return made.hexdigest().encode()


def _seal_faults(source: Path) -> list[str]:
    with source.open("rb") as file:
        seal = _seal(file)
        whole = file.read() == seal
    return [] if whole else ["a byte outside its files is not the one that was written"]


def _sum_inside(opened: ZipFile, name: str) -> str:
    """The sum of a file's content; none where it cannot even be unpacked."""
    made = hashlib.sha256()
    try:
        with opened.open(name) as content:
            for piece in _pieces(content):
                made.update(piece)
    except DAMAGES:
        return ""
    return made.hexdigest()


def _take_out(opened: ZipFile, name: str, place: Path) -> None:
    place.unlink(missing_ok=True)
    place.touch(mode=0o600)
    with opened.open(name) as content, place.open("wb") as out:
        shutil.copyfileobj(content, out, _PIECE_BYTES)
        out.flush()
        os.fsync(out.fileno())


def _put_attachments(opened: ZipFile, folder: Path) -> None:
    """Those that are not there, and those that are damaged; a name is its content, so nothing good is overwritten."""
    for name in opened.namelist():
        if name.startswith(ATTACHMENTS):
            sha256 = name.removeprefix(ATTACHMENTS)
            try:
                files.read(folder, sha256)
            except TrackerError:
                files.write(files.path_of(folder, sha256), opened.read(name))


def _put_templates(opened: ZipFile, folder: Path | None, end: str) -> list[Path]:
    """Where the configuration has a place for them; one that differs is set aside first."""
    aside = []
    for name in opened.namelist() if folder else ():
        if folder and name.startswith(TEMPLATES):
            place, content = folder / name.removeprefix(TEMPLATES), opened.read(name)
            if place.exists() and place.read_bytes() != content:
                aside.append(place.rename(place.with_name(place.name + end)))
            if not place.exists():
                files.write(place, content)
    return aside
