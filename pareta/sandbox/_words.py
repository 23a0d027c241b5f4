"""Approximate words, stems and sentences of English text, for the matcher and the engines."""

import re
from collections.abc import Iterator
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_LINE = re.compile(r"[^\r\n]+")
# A sentence ends at punctuation before white space, unless an abbreviation or an initial precedes it (_MAY_END).
_END = re.compile(r"([.!?])[\"\u201d\u2019)]*\s+|([\u3002\uff01\uff1f])\s*")
_MAY_END = re.compile(
    r"(?<![\s.(][A-Z]\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bNo\.)(?<!\bvs\.)(?<!\bMrs\.)(?<!\be\.g\.)(?<!\bi\.e\.)"
)
_ABBREVIATED = re.compile(r"\b(?:Inc|Ltd|Co|Corp|St|no|approx)\.$")
_SUFFIXES = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))
_SHORTEST_STEM = 3


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


STOP_WORDS = word_set(
    """a about after all also am an and any are as at be been before being between both but by can could did do does
    doing down each few for from had has have having he her here him his how i if in into is it its just me more most
    my need no not of off on once only or other our out over own please same she should so some such than that the
    their them then there these they this those through to too under until up us very want was we were what when where
    which while who whom why will with would you your"""
)


def words(text: str) -> Iterator[str]:
    """Yield the words of a text in lower case."""
    return (found.group().lower() for found in _WORD.finditer(text))


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Return the stem of a lower-case word."""
    for suffix, replacement in _SUFFIXES:
        if word.endswith(suffix) and not word.endswith("ss") and len(word) - len(suffix) >= _SHORTEST_STEM:
            word = word.removesuffix(suffix) + replacement
            break
    if len(word) > _SHORTEST_STEM + 1 and word[-1] == word[-2] and word[-1] not in "aeioslz":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > _SHORTEST_STEM + 1 else word


def stems(text: str) -> list[str]:
    """Return the stems of a text's words, without stop words."""
    return [stem(word) for word in map(str.lower, _WORD.findall(text)) if word not in STOP_WORDS]


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text; a line break ends a sentence too."""
    for line in _LINE.findall(text):
        pending = ""
        for piece in _pieces(line):
            pending = f"{pending} {piece.strip()}".strip()
            if pending and not _ABBREVIATED.search(pending):
                yield pending
                pending = ""
        if pending:
            yield pending


def _pieces(line: str) -> Iterator[str]:
    begin = 0
    for found in _END.finditer(line):
        end = found.end(found.lastindex or 0)
        if found[2] or _MAY_END.match(line, end):
            yield line[begin:end]
            begin = found.end()
    yield line[begin:]
