"""The OpenAPI 3.1 document: the JSON API from the models of ``schemas.py``, the pages' forms from their declarations.

Pure; the route serves it. A form's schema is made of the fields that its page shows and its view checks.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from request_tracker.sop.field_schema import form_schema, query_schema
from request_tracker.sop.forms import FORMS
from request_tracker.web.api import schemas
from request_tracker.web.api.case_search import CASE_SEARCH
from request_tracker.web.shell.declared_forms import DeclaredForm


@dataclass(frozen=True)
class Call:
    """One call: what it is for, what comes in, what goes out, and the scope its token needs."""

    method: str
    path: str
    summary: str
    answer: type[BaseModel]
    scope: str | None = None
    body: type[BaseModel] | None = None
    parameters: tuple[tuple[str, str, dict[str, Any]], ...] = ()
    asks: DeclaredForm | None = None
    refusals: tuple[int, ...] = ()


CALLS = (
    Call("get", "/api/health", "Ready: it reads, it writes, its jobs work; 503 where not", schemas.Health),
    Call("get", "/api/allocations", "The ledger in force", schemas.Allocations, "allocations:read"),
    Call("post", "/api/proofs", "A proof of the shaping agent", schemas.ProofAnswer, "proofs:write", schemas.Proof),
    Call("post", "/api/alerts", "Alertmanager's webhook", schemas.Stored, "webhook", schemas.Webhook),
    Call(
        "get",
        "/api/cases",
        "Cases, the newest first",
        schemas.CaseList,
        "cases:read",
        asks=CASE_SEARCH,
        refusals=(400,),
    ),
    Call(
        "get",
        "/api/cases/{number}",
        "One case with its chain",
        schemas.CaseOut,
        "cases:read",
        parameters=(("number", "path", {"type": "string", "minLength": 1}),),
        refusals=(404,),
    ),
)


# A part of a path as Flask writes it, and the names of components that are forms: of a page, and of a step of an SOP.
_PART = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
PAGE_FORM, STEP_FORM = "form.", "step."
FORM_TYPE = "application/x-www-form-urlencoded"


def document(version: str, forms: Iterable[DeclaredForm] = ()) -> dict[str, Any]:
    """The whole document, with the forms that the pages declare."""
    models = {schemas.Problem} | {call.answer for call in CALLS} | {call.body for call in CALLS if call.body}
    chosen = sorted(models, key=lambda model: model.__name__)
    _, definitions = models_json_schema(
        [(model, "validation") for model in chosen], ref_template="#/components/schemas/{model}"
    )
    declared = sorted(forms, key=lambda form: form.name)
    paths: dict[str, dict[str, Any]] = {}
    for call in CALLS:
        paths.setdefault(call.path, {})[call.method] = _operation(call)
    for address in dict.fromkeys(form.address for form in declared if not form.in_address):
        paths.setdefault(_PART.sub(r"{\1}", address), {})["post"] = _sending(
            [form for form in declared if form.address == address and not form.in_address]
        )
    for form in declared:
        if form.in_address:
            paths.setdefault(_PART.sub(r"{\1}", form.address), {})["get"] = _asking(form)
    return {
        "openapi": "3.1.0",
        "info": {"title": "lebarpita tracker", "version": version},
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"] | form_schemas(declared),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def form_schemas(forms: Iterable[DeclaredForm]) -> dict[str, Any]:
    """The schema of every form of the pages, and of every form that a step of an SOP may ask for."""
    steps = {f"{STEP_FORM}{name}": form_schema(name, fields) for name, fields in FORMS.items()}
    return {f"{PAGE_FORM}{form.name}": form.schema for form in forms} | steps


def _sending(forms: Sequence[DeclaredForm]) -> dict[str, Any]:
    """The forms of an address as they are sent: by a browser, which has its page's hidden keys.

    Programs are given calls of their own.
    """
    schemas_of_forms = [{"$ref": f"#/components/schemas/{PAGE_FORM}{form.name}"} for form in forms]
    schema = schemas_of_forms[0] if len(forms) == 1 else {"anyOf": schemas_of_forms}
    operation = {
        "summary": "; ".join(f"{form.title.indonesian} ({form.title.english})" for form in forms),
        "description": "A form of the pages: it also carries the hidden csrf_token and sekali of its page.",
        "requestBody": {"required": True, "content": {FORM_TYPE: {"schema": schema}}},
        "responses": {
            "302": {"description": "Done; the page to read next"},
            "422": {"description": "The page again, with every fault at its field and all that was typed"},
        },
    }
    parts = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PART.findall(forms[0].address)
    ]
    return operation | ({"parameters": parts} if parts else {})


def query_parameters(form: DeclaredForm) -> list[dict[str, Any]]:
    """What an address may ask for, a parameter for each field."""
    return [
        {"name": field.key, "in": "query", "required": field.required, "schema": query_schema(field)}
        for field in form.fields
    ]


def _asking(form: DeclaredForm) -> dict[str, Any]:
    """A page that answers what its address asks for: filters, spans."""
    return {
        "summary": f"{form.title.indonesian} ({form.title.english})",
        "parameters": query_parameters(form),
        "responses": {
            "200": {"description": "The page"},
            "422": {"description": "The page, with every fault at its field and all that was typed"},
        },
    }


def _operation(call: Call) -> dict[str, Any]:
    refusals = (*call.refusals, *((401, 403) if call.scope else ()), *((400, 503) if call.body else ()))
    answers = {"200": _content(call.answer, "The answer")}
    answers |= {str(status): _content(schemas.Problem, "Refused, with a sentence") for status in refusals}
    operation: dict[str, Any] = {"summary": call.summary, "responses": answers}
    if call.scope:
        operation["security"] = [{"token": []}]
        operation["description"] = f"Bearer token with the scope {call.scope}."
    if call.body:
        operation["requestBody"] = {"required": True, **_content(call.body, "The body")}
    if call.asks:
        operation["parameters"] = query_parameters(call.asks)
    if call.parameters:
        operation["parameters"] = [
            {"name": name, "in": place, "required": place == "path", "schema": schema}
            for name, place, schema in call.parameters
        ]
    return operation


def _content(model: type[BaseModel], description: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"description": description, "content": {"application/json": {"schema": schema}}}
