"""Google's own description of Drive v3, as a judge of answers and of requests."""

import functools
import json
import re
from importlib import resources
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema

_FORMATS = {
    "int64": {"pattern": r"^-?\d+$"},
    "date-time": {"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"},
}


@functools.cache
def discovery_document() -> dict[str, Any]:
    """Load the document that google-api-python-client ships."""
    documents = resources.files("googleapiclient") / "discovery_cache" / "documents"
    document: dict[str, Any] = json.loads((documents / "drive.v3.json").read_text())
    return document


def answer_problems(schema: str, answer: object) -> list[str]:
    """Say where an answer differs from a schema, such as "File" or "FileList"."""
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
        for error in _validator(schema).iter_errors(answer)
    ]


def request_problems(url: str) -> list[str]:
    """Say what in a URL is not as the document has it: parameters, their values, fields."""
    parts = urlsplit(url)
    is_list = parts.path.rstrip("/").endswith("/files")
    method = discovery_document()["resources"]["files"]["methods"]["list" if is_list else "get"]
    known = discovery_document()["parameters"] | method["parameters"]
    found = []
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name not in known:
            found.append(f"unknown parameter {name}")
        elif name == "fields":
            found += _fields_problems(value, "FileList" if is_list else "File")
        else:
            found += _value_problems(name, value, known[name])
    return found


@functools.cache
def _validator(schema: str) -> jsonschema.Draft202012Validator:
    definitions = {name: _converted(each) for name, each in discovery_document()["schemas"].items()}
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{schema}", "$defs": definitions})


def _converted(schema: dict[str, Any]) -> dict[str, Any]:
    """Turn one discovery schema into JSON Schema, closed against unknown properties."""
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{schema['$ref']}"}
    if schema.get("type") == "any":
        return {}
    converted: dict[str, Any] = {
        key: schema[key] for key in ("type", "enum", "pattern") if key in schema
    }
    if converted["type"] == "string":
        converted |= _FORMATS.get(schema.get("format", ""), {})
    if "items" in schema:
        converted["items"] = _converted(schema["items"])
    if converted["type"] == "object":
        properties = schema.get("properties", {})
        converted["properties"] = {key: _converted(each) for key, each in properties.items()}
        more = schema.get("additionalProperties")
        converted["additionalProperties"] = _converted(more) if more else False
    return converted


def _value_problems(name: str, value: str, parameter: dict[str, Any]) -> list[str]:
    kind = parameter["type"]
    if kind == "boolean" and value not in ("true", "false"):
        return [f"{name}={value} is no boolean"]
    if kind == "integer":
        low, high = int(parameter.get("minimum", 0)), int(parameter.get("maximum", 2**31))
        if not re.fullmatch(r"-?\d+", value) or not low <= int(value) <= high:
            return [f"{name}={value} is not within {low} and {high}"]
    if "enum" in parameter and value not in parameter["enum"]:
        return [f"{name}={value} is none of {parameter['enum']}"]
    return []


def _fields_problems(fields: str, schema: str) -> list[str]:
    """Follow a selector like `files(id,shortcutDetails/targetId)` through the schemas."""
    found = []
    stack = [discovery_document()["schemas"][schema]]
    current = stack[0]
    for token in re.findall(r"[\w*]+|[(),/]", fields):
        if token == "(":
            stack.append(current)
        elif token == ")":
            stack.pop()
        elif token == ",":
            current = stack[-1]
        elif token != "/":
            base = stack[-1] if current is stack[-1] else current
            inner = _resolved(base).get("properties", {}).get(token)
            if inner is None and token != "*":
                found.append(f"unknown field {token}")
            current = _resolved(inner or {})
    return found


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Step through arrays and references to what has properties."""
    while "items" in schema or "$ref" in schema:
        schema = schema.get("items") or discovery_document()["schemas"][schema["$ref"]]
    return schema
