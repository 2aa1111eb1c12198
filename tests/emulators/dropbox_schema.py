"""Dropbox's own description of its API, the stone validators of its SDK, as a judge of calls."""

from typing import Any, Final

import orjson
from dropbox import auth, check, files, sharing, users
from stone.backends.python_rsrc import stone_serializers, stone_validators

ROUTES: Final = {
    f"/2/{namespace}/{route.name}": route
    for namespace, route in (
        ("files", files.list_folder),
        ("files", files.list_folder_continue),
        ("files", files.get_metadata),
        ("files", files.download),
        ("sharing", sharing.get_shared_link_metadata),
        ("sharing", sharing.get_shared_link_file),
        ("users", users.get_current_account),
        ("check", check.app),
    )
}


def request_problems(path: str, arguments: bytes) -> list[str]:
    """Say what in a call is not as Dropbox has it; `arguments` are JSON."""
    if path not in ROUTES:
        return [] if path == "/oauth2/token" else [f"no such route: {path}"]
    return problems(ROUTES[path].arg_type, orjson.loads(arguments) or None)


def answer_problems(path: str, answer: Any) -> list[str]:
    """Say where a successful answer differs from what its route answers with."""
    return problems(ROUTES[path].result_type, answer)


def error_problems(path: str, status: int, answer: Any) -> list[str]:
    """Say where an error differs from those that the route, or the whole API, may give."""
    if not isinstance(answer.get("error_summary"), str):
        return ["no error_summary"]
    known = {401: auth.AuthError_validator, 429: auth.RateLimitError_validator}
    return problems(known.get(status, ROUTES[path].error_type), answer["error"])


def problems(validator: Any, value: Any) -> list[str]:
    """Say what a validator finds, unknown fields among it."""
    try:
        stone_serializers.json_compat_obj_decode(validator, value, strict=True)  # type: ignore[no-untyped-call]  # stone ships no types
    except stone_validators.ValidationError as error:
        return [str(error)]
    return []
