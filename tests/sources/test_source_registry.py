"""All sources together: opened once, asked in turn whether a link is theirs."""

from pathlib import Path

import pytest
from sources.conftest import KEY

from pixharbor.db.engine import Database
from pixharbor.sources.base import Governed, LinkNotUnderstood, Location
from pixharbor.sources.registry import (
    KNOWN_SOURCES,
    SOURCES,
    SourceSettings,
    open_sources,
    recognise,
)
from pixharbor_emulators.google_drive import running_google_drive


async def test_every_source_opens_under_its_own_name(database: Database) -> None:
    settings = SourceSettings(google_drive_api_url="http://127.0.0.1:9/drive/v3")
    async with open_sources(settings, database) as sources:
        assert [source.name for source in sources.values()] == list(sources) == list(SOURCES)


def test_every_source_is_a_word_that_filters_know_s0_59() -> None:
    assert set(SOURCES) <= set(KNOWN_SOURCES)
    assert {"google_drive", "dropbox"} <= set(KNOWN_SOURCES)


async def test_a_link_is_recognised_by_the_source_it_belongs_to(database: Database) -> None:
    async with open_sources(SourceSettings(), database) as sources:
        link = "https://drive.google.com/drive/folders/1A2b3C4d5E6f7G8h9I0"
        assert recognise(sources, link) == Location("google_drive", "1A2b3C4d5E6f7G8h9I0")
        image = "https://example.com/pictures/cat.jpg"
        assert recognise(sources, image) == Location("web_urls", image, "file")


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("https://drive.google.com/drive/my-drive", "https://drive.google.com/drive/folders/"),
        ("https://www.dropbox.com/scl/fo/abc", "https://www.dropbox.com/scl/fo/"),
        ("s3://", "s3://photos/2024"),
    ],
)
async def test_a_link_that_one_source_knows_is_refused_by_that_one_alone_s0_53(
    database: Database, link: str, told: str
) -> None:
    async with open_sources(SourceSettings(), database) as sources:
        with pytest.raises(LinkNotUnderstood) as caught:
            recognise(sources, link)
    assert told in caught.value.message
    assert caught.value.message.count(" looks like ") <= 1


async def test_a_link_of_nobody_is_told_what_a_good_one_looks_like_s0_53(
    database: Database,
) -> None:
    async with open_sources(SourceSettings(), database) as sources:
        with pytest.raises(LinkNotUnderstood) as caught:
            recognise(sources, "hello")
    for word in ("Google Drive", "Dropbox", "https://", "s3://", "/photos"):
        assert word in caught.value.cure


async def test_ten_thousand_pictures_take_six_minutes_and_ten_seconds_at_google_s_limit(
    tmp_path: Path, database: Database
) -> None:
    async with running_google_drive(tmp_path) as drive:
        settings = SourceSettings.model_validate(
            {
                "google_api_key": KEY,
                "google_drive_api_url": drive.api_url,
                "google_quota_profile": "units-2026",
            }
        )
        async with open_sources(settings, database) as sources:
            source = sources["google_drive"]
            assert isinstance(source, Governed)
            seconds = source.seconds_for(10_000, pages=10)
            assert seconds is not None
            assert 360 < seconds < 370.5
            await source.check(recognise(sources, drive.folder_link))
            quota = await source.quota()
            assert quota is not None
            assert quota.allowed_units_per_second == pytest.approx(325_000 / 60)
