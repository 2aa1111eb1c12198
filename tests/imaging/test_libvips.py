"""Only the libvips that was locked is let near a picture."""

import pytest

from pixharbor.imaging.libvips import LibvipsUnusable, require_usable


@pytest.mark.parametrize("version", [(8, 14, 1), (8, 18, 3), (7, 99, 9)])
def test_an_old_libvips_is_refused_with_what_to_do(version: tuple[int, ...]) -> None:
    with pytest.raises(LibvipsUnusable, match=r"too old.*8\.18\.4") as caught:
        require_usable(version, api_mode=True)
    assert "pip install" in caught.value.cure


def test_a_libvips_without_its_compiled_module_is_refused() -> None:
    with pytest.raises(LibvipsUnusable, match="compiled module"):
        require_usable((8, 18, 7), api_mode=False)


@pytest.mark.parametrize("version", [(8, 18, 4), (8, 19, 0), (9, 0, 0)])
def test_a_new_enough_libvips_is_taken(version: tuple[int, ...]) -> None:
    require_usable(version, api_mode=True)
