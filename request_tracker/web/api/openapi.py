"""The OpenAPI 3.1 document of the JSON API, made from the models of ``schemas.py``. Pure; the route serves it."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from request_tracker.web.api import schemas


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
        parameters=(
            ("q", "query", {"type": "string", "maxLength": 100}),
            ("opd", "query", {"type": "string"}),
            ("offset", "query", {"type": "integer", "minimum": 0, "maximum": 1_000_000}),
        ),
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


def document(version: str) -> dict[str, Any]:
    """The whole document."""
    models = {schemas.Problem} | {call.answer for call in CALLS} | {call.body for call in CALLS if call.body}
    chosen = sorted(models, key=lambda model: model.__name__)
    _, definitions = models_json_schema(
        [(model, "validation") for model in chosen], ref_template="#/components/schemas/{model}"
    )
    paths: dict[str, dict[str, Any]] = {}
    for call in CALLS:
        paths.setdefault(call.path, {})[call.method] = _operation(call)
    return {
        "openapi": "3.1.0",
        "info": {"title": "lebarpita tracker", "version": version},
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
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
    if call.parameters:
        operation["parameters"] = [
            {"name": name, "in": place, "required": place == "path", "schema": schema}
            for name, place, schema in call.parameters
        ]
    return operation


def _content(model: type[BaseModel], description: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"description": description, "content": {"application/json": {"schema": schema}}}
