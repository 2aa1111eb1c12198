"""The `q` parameter of files.list: Drive's query language, read into a predicate."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from pixharbor_emulators.drive_errors import Refused, invalid_value
from pixharbor_emulators.drive_tree import DriveFile

Predicate = Callable[[DriveFile], bool]

_TOKEN: Final = re.compile(
    r"""\s*(?: '(?P<text>(?:[^'\\]|\\.)*)' | (?P<sign><=|>=|!=|[=<>()]) | (?P<word>\w+) )""",
    re.VERBOSE | re.DOTALL,
)
_COMPARE: Final[dict[str, Callable[[object, object], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
}
_COMPARE_TIME: Final[dict[str, Callable[[datetime, datetime], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Query:
    """A query that has been understood.

    `parents` are the folders it speaks of, in order; `only_parent` is set when every match must
    lie in that one folder, so that nothing else needs to be looked at.
    """

    matches: Predicate
    parents: tuple[str, ...]
    only_parent: str | None
    full_text: bool


@lru_cache(maxsize=4096)
def parse_query(text: str | None, root_alias: str | None = None) -> Query:
    """Understand a `q`; `root_alias` is the id that 'root' stands for. Raises Refused."""
    if text is None or not text.strip():
        return Query(lambda _: True, (), None, full_text=False)
    return _Parser(text, root_alias).query()


class _Parser:
    """Recursive descent: or, and, not, term."""

    def __init__(self, text: str, root_alias: str | None) -> None:
        self.tokens = _split(text)
        self.root_alias = root_alias
        self.parents: list[str] = []
        self.full_text = False
        self.terms_joined_by_and_only = True

    def query(self) -> Query:
        matches = self.either()
        if self.tokens:
            raise Refused(invalid_value("q"))
        alone = self.terms_joined_by_and_only and len(self.parents) == 1
        return Query(
            matches, tuple(self.parents), self.parents[0] if alone else None, self.full_text
        )

    def either(self) -> Predicate:
        sides = [self.both()]
        while self.skip("or"):
            self.terms_joined_by_and_only = False
            sides.append(self.both())
        return sides[0] if len(sides) == 1 else lambda file: any(side(file) for side in sides)

    def both(self) -> Predicate:
        sides = [self.negation()]
        while self.skip("and"):
            sides.append(self.negation())
        return sides[0] if len(sides) == 1 else lambda file: all(side(file) for side in sides)

    def negation(self) -> Predicate:
        if self.skip("not"):
            self.terms_joined_by_and_only = False
            inner = self.negation()
            return lambda file: not inner(file)
        if self.skip("("):
            inner = self.either()
            self.expect(")")
            return inner
        return self.term()

    def term(self) -> Predicate:
        kind, value = self.take()
        if kind == "text":
            return self.parent_term(value)
        if value in _TEXT_TERMS:
            return self.text_term(value)
        if value in _TIMES:
            return self.time_term()
        if value in _FLAGS:
            return self.flag_term(_FLAGS[value])
        raise Refused(invalid_value("q"))

    def flag_term(self, flag: Predicate) -> Predicate:
        if not self.tokens or self.tokens[0][1] not in _COMPARE:
            return flag  # `sharedWithMe` may stand alone
        compare, wanted = _COMPARE[self.take()[1]], self.take()[1]
        if wanted not in ("true", "false"):
            raise Refused(invalid_value("q"))
        return lambda file: compare(flag(file), wanted == "true")

    def parent_term(self, folder_id: str) -> Predicate:
        self.expect("in")
        collection = self.take()[1]
        if collection in ("owners", "writers", "readers"):
            return lambda _: False  # nobody is known by name here
        if collection != "parents":
            raise Refused(invalid_value("q"))
        parent = self.root_alias or "" if folder_id == "root" else folder_id
        self.parents.append(parent)
        return lambda file: file.parent_id == parent

    def text_term(self, term: str) -> Predicate:
        sign = self.take()[1]
        kind, value = self.take()
        if kind != "text" or (term, sign) not in _TEXT_MATCHES:
            raise Refused(invalid_value("q"))
        self.full_text |= term == "fullText"
        matches = _TEXT_MATCHES[term, sign]
        return lambda file: matches(file, value)

    def time_term(self) -> Predicate:
        sign = self.take()[1]
        kind, value = self.take()
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise Refused(invalid_value("q")) from None
        if kind != "text" or sign not in _COMPARE_TIME:
            raise Refused(invalid_value("q"))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        compare = _COMPARE_TIME[sign]
        return lambda file: compare(datetime.fromtimestamp(file.modified_ns / 1e9, UTC), moment)

    def take(self) -> tuple[str, str]:
        if not self.tokens:
            raise Refused(invalid_value("q"))
        return self.tokens.pop(0)

    def skip(self, word: str) -> bool:
        if self.tokens and self.tokens[0] in (("word", word), ("sign", word)):
            del self.tokens[0]
            return True
        return False

    def expect(self, word: str) -> None:
        if not self.skip(word):
            raise Refused(invalid_value("q"))


_TIMES: Final = frozenset({"modifiedTime", "createdTime", "viewedByMeTime", "sharedWithMeTime"})
_FLAGS: Final[dict[str, Predicate]] = {
    "trashed": lambda file: file.trashed,
    "starred": lambda _: False,
    "sharedWithMe": lambda file: file.shared_with_me,
}
_TEXT_TERMS: Final = frozenset({"name", "mimeType", "fullText"})
# Drive compares names without regard to case, and `name contains` matches beginnings of words.
_TEXT_MATCHES: Final[dict[tuple[str, str], Callable[[DriveFile, str], bool]]] = {
    ("name", "="): lambda file, value: file.name.casefold() == value.casefold(),
    ("name", "!="): lambda file, value: file.name.casefold() != value.casefold(),
    ("name", "contains"): lambda file, value: bool(
        re.search(rf"(?<!\w){re.escape(value)}", file.name, re.IGNORECASE)
    ),
    ("mimeType", "="): lambda file, value: file.mime_type == value,
    ("mimeType", "!="): lambda file, value: file.mime_type != value,
    ("mimeType", "contains"): lambda file, value: file.mime_type.startswith(value),
    ("fullText", "contains"): lambda file, value: value.casefold() in file.name.casefold(),
}


def _split(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    end = 0
    while text[end:].strip():
        found = _TOKEN.match(text, end)
        if not found or found.lastgroup is None:
            raise Refused(invalid_value("q"))
        value = found[found.lastgroup]
        if found.lastgroup == "text":
            value = re.sub(r"\\(.)", r"\1", value)
        tokens.append((found.lastgroup, value))
        end = found.end()
    return tokens
