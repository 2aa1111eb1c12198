"""Secrets at rest: what a seal hides, and when it opens."""

import pytest

from pixharbor.db.sealed import SealBroken, Sealer

SECRET = b"a secret of the operator"
PLACE = "connections 7"


def test_what_was_sealed_opens_with_the_same_secret_also_in_another_process() -> None:
    sealed = Sealer(SECRET).seal("rübe 🔑", place=PLACE)
    assert Sealer(SECRET).unseal(sealed, place=PLACE) == "rübe 🔑"


def test_a_sealed_text_shows_nothing_of_it_and_never_looks_the_same_twice() -> None:
    sealer = Sealer(SECRET)
    first, second = (sealer.seal("1//refresh-token", place=PLACE) for _ in range(2))
    assert first != second
    assert first.isascii()
    assert "refresh" not in first


def test_another_secret_key_says_to_reconnect() -> None:
    sealed = Sealer(SECRET).seal("token", place=PLACE)
    with pytest.raises(SealBroken, match="SECRET_KEY") as broken:
        Sealer(b"another").unseal(sealed, place=PLACE)
    assert "reconnect" in broken.value.cure


def test_a_sealed_text_opens_only_where_it_belongs() -> None:
    sealed = Sealer(SECRET).seal("token", place=PLACE)
    with pytest.raises(SealBroken):
        Sealer(SECRET).unseal(sealed, place="connections 8")


@pytest.mark.parametrize("damage", ["", "1.", "1.AAAA", "2.AAAA", "1.!!", "1.é", "plain text"])
def test_a_damaged_text_is_refused_in_the_same_words(damage: str) -> None:
    with pytest.raises(SealBroken):
        Sealer(SECRET).unseal(damage, place=PLACE)


def test_a_changed_letter_is_noticed() -> None:
    sealed = Sealer(SECRET).seal("token", place=PLACE)
    changed = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    with pytest.raises(SealBroken):
        Sealer(SECRET).unseal(changed, place=PLACE)
