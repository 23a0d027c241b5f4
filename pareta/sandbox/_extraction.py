"""Splits a conversation into a question and a text, and finds the sentences of the text that answer it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen

from pareta.sandbox._json_types import is_array
from pareta.sandbox._words import sentences, stem, stems, word_set, words

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DATE = rf"\b(?:{_MONTH}\.? \d|\d{{1,2}}\.? {_MONTH}|\d{{4}}-\d\d|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}})"
_MONEY = r"[$€£¥]\s?\d|\d[\d.,]*\s?(?:USD|EUR|GBP|CHF|dollars?|euros?|pounds?)\b"
_PHONE = r"\+?\d[\d ()-]{6,}"
# A sentence that matches the pattern answers a question with the word, even if it lacks the word itself.
_CUES = {
    "when": _DATE,
    "date": _DATE,
    "day": _DATE,
    "start": _DATE,
    "much": _MONEY,
    "total": _MONEY,
    "price": _MONEY,
    "cost": _MONEY,
    "amount": _MONEY,
    "fee": _MONEY,
    "party": r"\b[Bb]etween\b",
    "law": r"\bgovern(?:s|ed|ing)\b",
    "email": r"\S@\S+\.\S",
    "phone": _PHONE,
    "long": r"\b(?:days?|weeks?|months?|years?)\b",
    "term": r"\b(?:days?|weeks?|months?|years?)\b",
    "where": r"\b(?:in|at) [A-Z]",
}
_CUE_PATTERNS = {stem(word): re.compile(pattern) for word, pattern in _CUES.items()}
# These patterns need a digit, which most sentences lack.
_NUMERIC = frozenset(stem(word) for word, pattern in _CUES.items() if pattern in {_DATE, _MONEY, _PHONE})
_DIGIT = re.compile(r"\d")
_ASKING = word_set(
    """answer classify describe detect draft explain extract find get give identify list make name pull read return say
    show summarise summarize tell translate write how what when where which who whom whose why is are was were does do
    did can could"""
)
_SUMMARY = frozenset(map(stem, ("summarise", "summarize", "summary", "tldr", "shorten", "gist")))
_MOST_SENTENCES = 3
_CUE_WEIGHT = 0.6
# A contract names its parties once but repeats "either party", so "between" weighs more than the word itself.
_CUE_WEIGHTS = {stem("party"): 1.5}
_LISTED = re.compile(r",|\band\b|\beach\b|\ball\b")
_INSTRUCTION = re.compile(r"\A([^:\n.?!]{3,160}):\s+(\S.*)\Z", re.DOTALL)


@frozen
class Passage:
    """A question, and the sentences that can answer it."""

    question: str
    sentences: tuple[str, ...]
    images: int = 0


@frozen
class _SentenceWords:
    """The stems of a sentence, and the question's words whose pattern it matches."""

    own: frozenset[str]
    cued: frozenset[str]


def read_passage(messages: Iterable[dict[str, Any]]) -> Passage:
    """Return the question and the text of a conversation.

    The question is in the last user message. The text is the rest of it, and all other messages but the assistant's.
    """
    texts = [(message["role"], _text(message)) for message in messages]
    images = sum(_count_images(message) for message in messages)
    last = max((index for index, (role, _) in enumerate(texts) if role == "user"), default=len(texts) - 1)
    question, told = _split(texts[last][1])
    for index, (role, text) in enumerate(texts):
        if index != last and role != "assistant":
            told.extend(each for each in sentences(text) if not _asks(each))
    return Passage(question, tuple(dict.fromkeys(told)), images)


def last_user_text(messages: Sequence[dict[str, Any]]) -> str:
    """Return the text of the last user message, or of the last message if there is none."""
    return next((_text(each) for each in reversed(messages) if each["role"] == "user"), _text(messages[-1]))


def best_sentences(passage: Passage, asked: str | None = None) -> list[str]:
    """Return the sentences that answer the question, in the order of the text.

    A question for several things gets up to three sentences, another one gets one.
    """
    question = passage.question if asked is None else asked
    raw = {stem(word) for word in words(question)}
    if _SUMMARY & raw:
        return list(passage.sentences[:2])
    open_words = {*stems(question), *(raw & _CUE_PATTERNS.keys())}
    at_most = _MOST_SENTENCES if asked is None and _LISTED.search(question) else 1
    told = [_SentenceWords(frozenset(stems(each)), _cued(each, open_words)) for each in passage.sentences]
    spread = Counter(word for each in told for word in each.own)
    chosen: list[int] = []
    while open_words and len(chosen) < at_most:
        scores = [
            (0.0 if index in chosen else _score(each, open_words, spread), -index) for index, each in enumerate(told)
        ]
        score, position = max(scores, default=(0.0, 0))
        if score <= 0:
            break
        chosen.append(-position)
        open_words -= told[-position].own | told[-position].cued
    if not chosen and asked is None:
        return list(passage.sentences[:1])
    return [passage.sentences[index] for index in sorted(chosen)]


def _score(told: _SentenceWords, wanted: set[str], spread: Counter[str]) -> float:
    exact = sum(1 / spread[word] for word in sorted(wanted & told.own))
    cued = sum(_CUE_WEIGHTS.get(word, _CUE_WEIGHT) for word in sorted(wanted & told.cued))
    return exact + cued


def _cued(sentence: str, wanted: set[str]) -> frozenset[str]:
    looked_for = wanted & _CUE_PATTERNS.keys()
    if not _DIGIT.search(sentence):
        looked_for -= _NUMERIC
    return frozenset(word for word in looked_for if _CUE_PATTERNS[word].search(sentence))


def _split(text: str) -> tuple[str, list[str]]:
    """Return the question of a message, and its other sentences."""
    instruction = _INSTRUCTION.match(text.strip())
    if instruction and _asks(instruction[1]):
        return instruction[1], list(sentences(instruction[2]))
    everything = list(sentences(text))
    asking = [each for each in everything if _asks(each)]
    if not asking:
        return text.strip(), everything if len(everything) > 1 else []
    return " ".join(asking), [each for each in everything if each not in asking]


def _asks(sentence: str) -> bool:
    if sentence.rstrip('"\u201d\u2019) ').endswith(("?", "\uff1f")):
        return True
    first = next((word for word in words(sentence) if word != "please"), "")
    return first in _ASKING


def _text(message: dict[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    return "\n".join(part["text"] for part in content or () if part["type"] == "text")


def _count_images(message: dict[str, Any]) -> int:
    content = message.get("content")
    return sum(part["type"] == "image_url" for part in content) if is_array(content) else 0
