"""Checks recorded calls against Telegram's own machine-readable description of the Bot API.

The description is a file `telegram-bot-api.json` in the folder that the environment variable BACKFILL_SPECS names: for
each method and type its fields with names, types, whether they are required, and prose, from which lengths are read.
It is not part of the project; without it these checks are skipped, and pytest says so.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from .server import BotApiServer, Call, parse_html, utf16

Json = dict[str, Any]
SCALARS = {"String": str, "Integer": int, "Boolean": bool, "True": bool, "Float": (int, float)}
LENGTH = re.compile(r"(?<!\d)(\d+)-(\d+) (characters|bytes)")
COUNT = re.compile(r"list of (\d+)-(\d+) ")


def assert_in_spec(server: BotApiServer) -> None:
    """Fail with every way in which a call of this server's bot departs from the description, or skip the test."""
    problems = [problem for call in server.calls for problem in departures(call)]
    assert not problems, "\n".join(problems)


def departures(call: Call) -> list[str]:
    """What is wrong with one call: "sendMessage.text: 5000 characters, at most 4096 allowed"."""
    method = spec()["methods"].get(call.method)
    if method is None:
        return [f"{call.method}: no such method"]
    params = call.params | {name: Upload for name in call.files if name in _names(method)}
    mode = call.params.get("parse_mode", "")
    return list(_object(call.method, method.get("fields", []), params, mode))


class Upload:
    """Stands for a file that went along under the parameter's own name."""


@lru_cache(maxsize=1)
def spec() -> Json:
    """The whole description; skips the running test when it is not there."""
    folder = os.environ.get("BACKFILL_SPECS")
    if not folder:
        pytest.skip("BACKFILL_SPECS is not set: calls are not checked against telegram-bot-api.json")
    found: Json = json.loads((Path(folder) / "telegram-bot-api.json").read_text("utf-8"))
    return found


def _names(described: Json) -> set[str]:
    return {field["name"] for field in described.get("fields", [])}


def _object(place: str, fields: list[Json], values: Json, mode: str) -> Iterator[str]:
    known = {field["name"]: field for field in fields}
    yield from (f"{place}: unknown {name!r}" for name in values if name not in known)
    yield from (f"{place}: {name!r} is missing" for name, f in known.items() if f["required"] and name not in values)
    for name, value in values.items():
        if name in known:
            yield from _value(f"{place}.{name}", known[name], value, mode)


def _value(place: str, field: Json, value: Any, mode: str) -> Iterator[str]:
    if isinstance(value, str) and "String" not in field["types"] and "InputFile" not in field["types"]:
        value = _decoded(value)
    attempts = [list(_typed(place, kind, value, mode)) for kind in field["types"]]
    yield from min(attempts, key=len)
    yield from _measured(place, field["description"], value, mode)


def _decoded(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _typed(place: str, kind: str, value: Any, mode: str) -> Iterator[str]:
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            yield f"{place}: {value!r} is no array"
            return
        for number, item in enumerate(value):
            yield from _typed(f"{place}[{number}]", kind.removeprefix("Array of "), item, mode)
    elif kind == "InputFile":
        if value is not Upload and not isinstance(value, str):
            yield f"{place}: {value!r} is no file"
    elif kind in SCALARS:
        if not isinstance(value, SCALARS[kind]) or (isinstance(value, bool) and kind in ("Integer", "Float")):  # type: ignore[arg-type]
            yield f"{place}: {value!r} is no {kind}"
    else:
        yield from _described(place, kind, value, mode)


def _described(place: str, kind: str, value: Any, mode: str) -> Iterator[str]:
    described = spec()["types"].get(kind)
    if described is None:
        yield f"{place}: the description has no type {kind}"
    elif "subtypes" in described:
        attempts = [list(_typed(place, subtype, value, mode)) for subtype in described["subtypes"]]
        yield from min(attempts, key=len)
    elif not isinstance(value, dict):
        yield f"{place}: {value!r} is no {kind}"
    else:
        yield from _object(place, described.get("fields", []), value, mode)


def _measured(place: str, prose: str, value: Any, mode: str) -> Iterator[str]:
    if isinstance(value, str) and (found := LENGTH.search(prose)):
        low, high, unit = int(found[1]), int(found[2]), found[3]
        parsed = parse_html(value)[0] if "after entities parsing" in prose and mode.lower() == "html" else value
        length = len(parsed.encode()) if unit == "bytes" else utf16(parsed)
        if not low <= length <= high:
            yield f"{place}: {length} {unit}, {low} to {high} allowed"
    if isinstance(value, list) and (found := COUNT.search(prose)) and not int(found[1]) <= len(value) <= int(found[2]):
        yield f"{place}: {len(value)} entries, {found[1]} to {found[2]} allowed"
