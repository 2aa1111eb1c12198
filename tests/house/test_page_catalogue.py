"""The page's English catalogue has all that the API may say: reasons with their cures, pauses."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pixharbor.app  # that every source and store, with its errors, is imported
from pixharbor.errors import Fate, PixharborError
from pixharbor.jobs.states import CURES_AT, REASONS
from pixharbor.sources.base import SourceError
from pixharbor.storage.base import StoreError

assert pixharbor.app
E = TypeVar("E", bound=PixharborError)
ENGLISH = Path(__file__).parents[2] / "web" / "src" / "lib" / "i18n" / "en"
CATALOGUE = ENGLISH / "reasons.ts"
REASON = re.compile(r'(\w+): \{\s*title: "([^"]+)",\s*cure:\s*"([^"]+)",?\s*\}')
CURE = re.compile(r'"(\w+)/(\w+)":\s*"([^"]+)"')


def test_the_page_knows_every_reason_and_names_the_same_cure() -> None:
    cures = {code: cure for code, _, cure in REASON.findall(CATALOGUE.read_text())}
    assert cures.keys() == REASONS.keys()
    for code, (_, cure) in REASONS.items():
        assert cures[code] == cure or (not cure and cures[code].startswith("Nothing to do"))


def test_the_page_knows_the_sources_that_have_cures_of_their_own() -> None:
    cures = {(at, code): cure for at, code, cure in CURE.findall(CATALOGUE.read_text())}
    assert cures == {(at, code): cure for at, own in CURES_AT.items() for code, cure in own.items()}
    assert {code for _, code in cures} <= REASONS.keys()


def leaves(error: type[E]) -> Iterator[type[E]]:
    """The class, and all that are made of it."""
    yield error
    for kind in error.__subclasses__():
        yield from leaves(kind)


def test_the_page_has_a_sentence_for_every_reason_to_pause() -> None:
    pauses = {kind.reason for kind in leaves(SourceError) if kind.fate is Fate.PAUSE}
    pauses |= {kind.code for kind in leaves(StoreError)}
    assert {"quota", "storage_full"} < pauses
    words = re.search(r"\bpause: \{\s*reasons: \{([^}]*)\}", (ENGLISH / "jobs.ts").read_text())
    assert words
    assert set(re.findall(r'(\w+):\s*"', words[1])) == pauses | {"by_person"}
