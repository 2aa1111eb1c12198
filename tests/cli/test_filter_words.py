"""`--filter KEY=VALUE` becomes what the API takes."""

import pytest
import typer

from pixharbor.cli.filters import read_filters


def test_filters_of_the_command_line_are_those_of_the_api() -> None:
    given = ["types=jpeg, png", "types=webp", "min-size=100 kB", "include=a=b*"]
    assert read_filters(given) == {
        "types": ["jpeg", "png", "webp"], "min_size": "100 kB", "include": ["a=b*"]
    }  # fmt: skip
    assert read_filters(None) == {}


@pytest.mark.parametrize("given", ["jpeg", "=3", ""])
def test_what_has_no_key_is_told_how_it_is_written(given: str) -> None:
    with pytest.raises(typer.BadParameter, match="expected KEY=VALUE"):
        read_filters([given])
