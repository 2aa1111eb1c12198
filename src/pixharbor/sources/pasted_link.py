"""A link as people paste it: in brackets or quotes, at a sentence's end, escaped for HTML."""

import re
from typing import Final

# Invisible, and copied along from web pages and mails.
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
# Straight, English, German and French ones, as word processors put them.
_QUOTES: Final = "\"'`\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb"
_ADDRESS: Final = re.compile(rf"https?://[^\s<>{_QUOTES}]+", re.IGNORECASE)
_AROUND: Final = f" \t\r\n\u00a0<>{_QUOTES}"
_BEHIND: Final = ".,;:!?"


def read_pasted(text: str) -> str:
    """The link in the text, without what is around it; the text itself when there is no address.

    Raises ValueError when there is more than one.
    """
    text = _INVISIBLE.sub("", text).strip(_AROUND)
    while (plain := re.sub(r"&(amp|#38|#x26);", "&", text, flags=re.IGNORECASE)) != text:
        text = plain  # what was escaped twice
    found = _ADDRESS.findall(text)
    if len(found) > 1:
        raise ValueError(text)
    return _without_end(found[0] if found else text)


def _without_end(text: str) -> str:
    """Drop the sentence's punctuation, and a bracket that was opened before the link."""
    while text:
        shorter = text.rstrip(_BEHIND + _AROUND)
        for opening, closing in ("()", "[]"):
            if shorter.endswith(closing) and shorter.count(closing) > shorter.count(opening):
                shorter = shorter[:-1]
        if shorter == text:
            break
        text = shorter
    return text
