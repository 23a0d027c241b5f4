"""Makes a test of a function that looks at one exchange: it looks at every exchange of the run, at the run's end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from ._exchange import SHAPE_ERRORS, CheckFailed, Exchange, shape_problem
from ._journal import RunJournal

Finder = Callable[[Iterable[Exchange]], Iterable[tuple[Exchange, str]]]
EXCHANGE_TESTS: Final[dict[str, Callable[[RunJournal], None]]] = {}
"""Each test of exchanges, by its id."""
_SHOWN = 3


def each_exchange(problems: Callable[[Exchange], Iterator[str]]) -> Callable[[RunJournal], None]:
    """Turn a function that yields what is wrong with an exchange into a test."""

    def reasons(exchange: Exchange) -> Iterator[str]:
        try:
            yield from problems(exchange)
        except SHAPE_ERRORS as error:
            yield shape_problem(error)

    return _test(lambda exchanges: ((each, reason) for each in exchanges for reason in reasons(each)), problems)


def all_exchanges(find: Finder) -> Callable[[RunJournal], None]:
    """Turn a function that yields the wrong ones of all exchanges into a test."""
    return _test(find, find)


def _test(find: Finder, named: Callable[..., object]) -> Callable[[RunJournal], None]:
    def test(journal: RunJournal) -> None:
        found = list(find(journal.exchanges))
        if not found:
            return
        labels = Counter(each.operation.label if each.operation else each.method for each, _ in found)
        counted = [f"{label} ({count})" for label, count in labels.items()]
        more = f" and {len(counted) - _SHOWN} more operations" if len(counted) > _SHOWN else ""
        raise CheckFailed(f"{found[0][1]} [{', '.join(counted[:_SHOWN])}{more}]", found[0][0])

    test.__name__, test.__doc__, test.__module__ = named.__name__, named.__doc__, named.__module__
    module = named.__module__.rpartition(".")[2]
    EXCHANGE_TESTS[f"{module}.py::{named.__name__}"] = test
    return test
