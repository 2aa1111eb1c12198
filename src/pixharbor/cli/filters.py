"""`--filter KEY=VALUE`: the API's filters on the command line, a word for a word."""

from typing import Annotated, Any, Final

import typer

# What takes several values, with commas between them or given again.
LISTS: Final = ("types", "include", "exclude")

Filters = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        "-f",
        metavar="KEY=VALUE",
        help="Bring in only what passes, such as types=jpeg,png, min_size=100kB, min_width=800, "
        "taken_after=2025-01-01, include=IMG_*, exclude=*/drafts/*, max_depth=2.",
    ),
]


def read_filters(given: list[str] | None) -> dict[str, Any]:
    """As the API takes them; it is the API that knows the keys. Raises typer.BadParameter."""
    filters: dict[str, Any] = {}
    for each in given or []:
        key, equals, value = each.partition("=")
        key = key.strip().replace("-", "_")
        if not key or not equals:
            raise typer.BadParameter(
                f"cannot use {each!r}; expected KEY=VALUE, such as min_width=800",
                param_hint="--filter",
            )
        if key in LISTS:
            words = [word.strip() for word in value.split(",")]
            filters[key] = filters.get(key, []) + words
        else:
            filters[key] = value
    return filters
