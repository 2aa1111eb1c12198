"""The page's English catalogue and the API say the same: each reason is there, with its cure."""

import re
from pathlib import Path

from pixharbor.jobs.states import CURES_AT, REASONS

CATALOGUE = Path(__file__).parents[2] / "web" / "src" / "lib" / "i18n" / "en" / "reasons.ts"
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
