"""The image's recipe: everything in it is named with its version, and it runs as nobody."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINES = re.sub(r"\\\n\s*", "", (ROOT / "deploy" / "Dockerfile").read_text()).splitlines()


def words(instruction: str) -> list[str]:
    return [line.partition(" ")[2] for line in LINES if line.startswith(f"{instruction} ")]


def test_all_stages_begin_with_one_base_of_a_named_version() -> None:
    assert "PYTHON=3.12-slim-bookworm" in words("ARG")
    assert {stage.partition(" AS ")[0] for stage in words("FROM")} == {"python:${PYTHON}"}


def test_whatever_is_installed_is_checked_by_its_hash() -> None:
    installs = [run for run in words("RUN") if " install " in run and "pip" in run]
    assert len(installs) == 3
    assert all("--require-hashes" in run or "--no-index" in run for run in installs)
    assert not any("apt-get" in run or "curl" in run for run in words("RUN"))


def test_the_last_stage_runs_as_nobody_and_brings_no_tools() -> None:
    final = LINES[max(i for i, line in enumerate(LINES) if line.startswith("FROM ")) :]
    assert "USER 10001:10001" in final
    assert not any(line.startswith("RUN") and "pip" in line for line in final)
    assert any(line.startswith("HEALTHCHECK ") for line in final)


def test_any_command_runs_in_the_image_as_the_second_document_has_it_s1_35() -> None:
    """`docker compose run --rm api alembic upgrade head`: no entry point reads it otherwise."""
    assert words("ENTRYPOINT") == []
    assert "alembic.ini ." in words("COPY")
    assert (ROOT / "alembic.ini").is_file()


def test_only_what_is_copied_goes_to_the_builder() -> None:
    """Neither .env nor .git, so that no secret and no change of either reaches a layer."""
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[1] == "*"
    let_in = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = {
        source
        for line in words("COPY")
        if "--from=" not in line
        for source in line.split()[:-1]
        if not source.startswith("--")
    }
    assert copied - let_in == {"requirements/page.lock", "requirements/fleet.lock"}
    assert let_in - copied == {"requirements"}
