"""Matches an intent to the catalog's tasks by keywords, without a model."""

from collections import Counter
from typing import Any

from attrs import frozen

from pareta.sandbox._catalog import Catalog
from pareta.sandbox._words import STOP_WORDS, stem, word_set, words

# Words that fit every task.
_COMMON = word_set(
    """extract pull get find read take detect identify recognise recognize process handle make build give show help
    classify generate write automatically automatic ai ml llm model text data information info
    document doc file input output new lot many thing something using use like"""
)
_UNKNOWN_WEIGHT = 0.1
_MATCHED_FROM = 0.4
_AMBIGUOUS_FROM = 0.8
_NONE_BELOW = 0.05


@frozen
class Candidate:
    """A task and its score, from 0 to 1."""

    task_id: str
    score: float


class Matcher:
    """Scores the tasks of a catalog.

    The weight of a word is 1 / (1 + the number of tasks that have it); an unknown word has a small weight. A task's
    score is the weight of the intent's words that it has, divided by the weight of all words of the intent.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._known = {
            task.id: {stem(word) for text in (*task.keywords, task.id) for word in words(text)} - _STOP_STEMS
            for task in catalog.values()
        }
        self._spread = Counter(word for known in self._known.values() for word in known)

    def match(self, query: str, *, top_k: int) -> dict[str, Any]:
        """Return the API's JSON for a match, with at most `top_k` candidates."""
        ranked = self._rank(query)
        total = sum(each.score for each in ranked)
        candidates = [
            {"task_id": each.task_id, "score": round(each.score, 4), "confidence": round(each.score / total, 4)}
            for each in ranked
        ]
        matched = bool(ranked) and ranked[0].score >= _MATCHED_FROM
        rival = ranked[1].score / ranked[0].score if matched and len(ranked) > 1 else 0.0
        return {
            "query": query,
            "matched": matched,
            "chosen": candidates[0] if matched else None,
            "candidates": candidates[:top_k],
            "ambiguous": rival >= _AMBIGUOUS_FROM,
            "matcher": "keyword",
        }

    def _rank(self, query: str) -> list[Candidate]:
        asked = {stem(word) for word in words(query)} - _STOP_STEMS
        weights = {word: 1 / (1 + self._spread[word]) if word in self._spread else _UNKNOWN_WEIGHT for word in asked}
        whole = sum(weights[word] for word in sorted(asked))
        ranked: list[Candidate] = []
        for task_id, known in self._known.items():
            score = sum(weights[word] for word in sorted(asked & known)) / whole if whole else 0.0
            if score >= _NONE_BELOW:
                ranked.append(Candidate(task_id, score))
        return sorted(ranked, key=lambda each: (-each.score, each.task_id))


_STOP_STEMS = frozenset(stem(word) for word in STOP_WORDS | _COMMON)
