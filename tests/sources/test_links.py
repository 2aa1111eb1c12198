"""The corpus of links: every form that people paste, and what is said about those that are none."""

import csv
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from pixharbor.sources import dropbox_links, google_drive_links
from pixharbor.sources.base import LinkNotUnderstood, Location

CORPUS: Final = Path(__file__).with_name("links.csv")
READERS: Final = {"google_drive": google_drive_links.read_link, "dropbox": dropbox_links.read_link}


class Row(NamedTuple):
    """One link: where it leads (a `key` is a resource key), or what its refusal `says`."""

    source: str
    kind: str
    ref: str
    key: str
    says: str
    link: str


with CORPUS.open(newline="", encoding="utf-8") as corpus:
    ROWS: Final = [Row(**row) for row in csv.DictReader(corpus)]
UNDERSTOOD: Final = [row for row in ROWS if row.kind != "refused"]
REFUSED: Final = [row for row in ROWS if row.kind == "refused"]


@pytest.mark.parametrize("row", UNDERSTOOD, ids=lambda row: repr(row.link))
def test_a_link_leads_where_it_should_s0_53_s0_15(row: Row) -> None:
    found = READERS[row.source](row.link)
    assert found == Location(row.source, row.ref, row.kind)  # type: ignore[arg-type]  # the file's word
    if row.source == "google_drive":
        assert (found.resource_key or "") == row.key
    (other,) = READERS.keys() - {row.source}
    with pytest.raises(LinkNotUnderstood):
        READERS[other](row.link)


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: repr(f"{row.source} {row.link}"))
def test_a_link_that_leads_nowhere_gets_a_sentence_that_helps_s0_53(row: Row) -> None:
    with pytest.raises(LinkNotUnderstood) as refused:
        READERS[row.source](row.link)
    assert row.says in refused.value.message
    assert "A link to a folder looks like https://" in refused.value.message
    assert refused.value.cure
    assert refused.value.status == 422


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    assert len(UNDERSTOOD) >= 60
    assert len(REFUSED) >= 25
    assert len({(row.source, row.link) for row in ROWS}) == len(ROWS)
    assert {(row.source, row.kind) for row in UNDERSTOOD} == {
        (source, kind) for source in READERS for kind in ("folder", "file", "unknown")
    }
