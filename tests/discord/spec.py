"""Checks recorded requests against Discord's own machine-readable description of its API.

The description is a file `discord-openapi.json` (OpenAPI 3.1) in the folder that the environment variable
BACKFILL_SPECS names. It is not part of the project; without it these checks are skipped, and pytest says so.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

Json = dict[str, Any]
HARMLESS = {"tts"}  # discord.py sends it with edits too, where Discord describes none


def assert_in_spec(calls: Iterable[tuple[str, str, Any]]) -> None:
    """Fail with every way in which (method, path, body) departs from the description, or skip the test."""
    problems = [problem for method, path, body in calls for problem in departures(method, path, body)]
    assert not problems, "\n".join(problems)


def is_there() -> bool:
    """Whether the description is: for checks beside others, which shall not be skipped with them."""
    return bool(os.environ.get("BACKFILL_SPECS"))


def departures(method: str, path: str, body: Any) -> list[str]:
    """What is wrong with one request."""
    found = _operation(method.lower(), path)
    if found is None:
        return [f"{method} {path}: no such route"]
    asked = found.get("requestBody")
    if asked is None:
        return [f"{method} {path}: takes no body"] if body else []
    schema = asked["content"]["application/json"]["schema"]
    errors = Draft202012Validator({**schema, "components": spec()["components"]}).iter_errors(body)
    unknown = _unknown(body, schema)
    return [f"{method} {path}: {error.json_path}: {error.message[:300]}" for error in errors] + [
        f"{method} {path}: unknown {name!r}" for name in unknown
    ]


@lru_cache(maxsize=1)
def spec() -> Json:
    """The whole description; skips the running test when it is not there."""
    folder = os.environ.get("BACKFILL_SPECS")
    if not folder:
        pytest.skip("BACKFILL_SPECS is not set: requests are not checked against discord-openapi.json")
    found: Json = json.loads((Path(folder) / "discord-openapi.json").read_text("utf-8"))
    return found


def _operation(method: str, path: str) -> Json | None:
    """A literal part of a path is preferred to a parameter: `@original` is no message id."""
    fitting = [
        (template.count("{"), operations[method])
        for template, operations in spec()["paths"].items()
        if method in operations and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
    ]
    return min(fitting, key=lambda pair: pair[0])[1] if fitting else None


def _unknown(body: Any, schema: Json) -> list[str]:
    """Top-level names that no schema of the union knows."""
    if not isinstance(body, dict):
        return []
    return sorted(set(body) - set(_names(schema)) - HARMLESS)


def _names(schema: Json) -> Iterable[str]:
    if "$ref" in schema:
        yield from _names(spec()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    yield from schema.get("properties", ())
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _names(part)
