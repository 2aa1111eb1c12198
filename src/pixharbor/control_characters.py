"""Names and messages from strangers on a terminal: control characters show, and command nothing."""

from typing import Final

_PICTURES: Final = 0x2400  # ␀, and behind it one for each of the others
_DELETE, _DELETE_SHOWN = 0x7F, 0x2421
_SHOWN: Final = (
    {code: _PICTURES + code for code in range(0x20)}
    | {_DELETE: _DELETE_SHOWN}
    | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)  # 8-bit ones: some terminals obey them, too
)
_SHOWN_IN_LINES: Final = {code: shown for code, shown in _SHOWN.items() if code != ord("\n")}


def show_controls(text: str, *, lines: bool = False) -> str:
    """ESC is ␛ from here on; a line's end stays one if the text has `lines` of its own."""
    return text.translate(_SHOWN_IN_LINES if lines else _SHOWN)
