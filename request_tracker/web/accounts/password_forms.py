"""The forms that take a password, a code or a key, declared: a secret is read to the letter and never shown again."""

from collections.abc import Mapping
from typing import Any

from request_tracker.people.accounts import MAX_LOGIN, MAX_PASSWORD, MAX_PERSON_NAME, MAX_TYPED_LOGIN, MIN_PASSWORD
from request_tracker.sop.fields import Field
from request_tracker.web.shell.declared_forms import DeclaredForm
from request_tracker.words.bilingual import Both

# A recovery code with its hyphens, and some spaces; the set-up token of ``init``; what a person calls a telephone.
LONGEST_CODE, MAX_TOKEN, MAX_FACTOR_NAME = 40, 100, 60
# Letters of what a security key answers: some 2,000 (a certificate chain), with room.
MAX_ANSWER = 20_000
LOGIN = DeclaredForm(
    name="login",
    address="/masuk",
    title=Both("Masuk", "Log in"),
    fields=(
        Field("login", "Nama pengguna", "User name", longest=MAX_TYPED_LOGIN, fills="username"),
        Field("password", "Sandi", "Password", "secret", fills="current-password"),
    ),
)
CODE = DeclaredForm(
    name="second-step",
    address="/masuk/kedua",
    title=Both("Langkah kedua", "Second step"),
    fields=(
        Field(
            "code",
            "Kode dari aplikasi, atau kode pemulihan",
            "Code of the app, or a recovery code",
            longest=LONGEST_CODE,
            fills="one-time-code",
        ),
    ),
)


def _password_sense(clean: Mapping[str, Any]) -> Mapping[str, Both]:
    """Long enough, and the same twice: what was meant cannot be read on the page."""
    password, again = clean.get("password", ""), clean.get("again")
    faults = {}
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        least_and_most = (MIN_PASSWORD, MAX_PASSWORD)
        faults["password"] = Both(
            "{} sampai {} huruf".format(*least_and_most), "{} to {} characters".format(*least_and_most)
        )
    if again is not None and again != password:
        faults["again"] = Both("tidak sama dengan sandi di atas", "is not the same as the password above")
    return faults


_TWICE = (
    Field(
        "password",
        f"Sandi (paling sedikit {MIN_PASSWORD} huruf)",
        f"Password (at least {MIN_PASSWORD} characters)",
        "secret",
        fills="new-password",
    ),
    Field("again", "Ulangi sandi", "Password again", "secret", fills="new-password"),
)
SET_UP = DeclaredForm(
    name="set-up",
    address="/setup",
    title=Both("Penyiapan pertama", "First set-up"),
    fields=(
        Field("token", "Kode penyiapan", "Set-up token", longest=MAX_TOKEN, fills="off"),
        Field(
            "login",
            "Nama pengguna administrator",
            "Administrator's user name",
            longest=MAX_LOGIN,
            fills="username",
        ),
        Field("name", "Nama atau jabatan", "Name or office title", longest=MAX_PERSON_NAME),
        *_TWICE,
    ),
    sense=_password_sense,
)
NEW_PASSWORD = DeclaredForm(
    name="new-password",
    address="/sandi/<secret>",
    title=Both("Sandi baru", "New password"),
    fields=_TWICE,
    sense=_password_sense,
)
# Whoever is half logged in has shown his password already.
_OWN_PASSWORD = Field("password", "Sandi Anda", "Your password", "secret", required=False, fills="current-password")
APP = DeclaredForm(
    name="own-app",
    address="/akun/kode-aplikasi",
    title=Both("Pasang kode aplikasi", "Set up codes of an app"),
    fields=(
        Field("name", "Nama telepon", "The telephone's name", required=False, longest=MAX_FACTOR_NAME),
        Field("code", "Kode", "Code", longest=LONGEST_CODE, fills="one-time-code"),
        _OWN_PASSWORD,
    ),
)
KEY = DeclaredForm(
    name="own-key",
    address="/akun/kunci",
    title=Both("Pasang kunci keamanan", "Set up a security key"),
    fields=(Field("name", "Nama kunci", "The key's name", required=False, longest=MAX_FACTOR_NAME), _OWN_PASSWORD),
)
