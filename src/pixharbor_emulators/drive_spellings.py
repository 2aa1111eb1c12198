"""The ways in which Google has spelt one and the same reason, over the years and the services."""

import re
from collections.abc import Callable
from typing import Any, Final

import orjson

from pixharbor_emulators.drive_errors import Reply

_STATUS_NAMES: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


def _snake_case(reason: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", reason).lower()


def _in_errors(spell: Callable[[str], str]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Respell the reasons where they are: in errors[]."""

    def respell(error: dict[str, Any]) -> dict[str, Any]:
        entries = [{**entry, "reason": spell(entry["reason"])} for entry in error["errors"]]
        return {**error, "errors": entries}

    return respell


def _details_only(error: dict[str, Any]) -> dict[str, Any]:
    """Answer as the newer services do: no errors[] at all, the reason in capitals in details[]."""
    detail = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": _snake_case(error["errors"][0]["reason"]).upper(),
        "domain": "googleapis.com",
        "metadata": {"service": "drive.googleapis.com"},
    }
    code, message = error["code"], error["message"]
    status = _STATUS_NAMES.get(code, "UNKNOWN")
    return {"code": code, "message": message, "status": status, "details": [detail]}


# The reason is camelCase as the API sends it.
SPELLINGS: Final[dict[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "snake_case": _in_errors(_snake_case),
    "upper_case": _in_errors(lambda reason: _snake_case(reason).upper()),
    "capitalised": _in_errors(lambda reason: reason[:1].upper() + reason[1:]),
    "details_only": _details_only,
}


def respelt(reply: Reply, spelling: str) -> Reply:
    """Return the same refusal with its reason spelt in another way; `reply` is Google's JSON."""
    error = SPELLINGS[spelling](orjson.loads(reply.body)["error"])
    return Reply(reply.status, orjson.dumps({"error": error}), reply.headers)
