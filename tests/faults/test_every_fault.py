"""Every fault, with every kind of client: what comes out, what was sent, how long it took, and what is left behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .cases import CASES, Case
from .probe import CLIENTS, complaints, probe, trusted


@pytest.fixture(scope="module", autouse=True)
def _trust(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Trust the authority of the test run."""
    with trusted(Path(tmp_path_factory.mktemp("trust"))):
        yield


@pytest.mark.matrix
@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_fault_is_met_as_it_must_be(case: Case, kind: str) -> None:
    """The caller gets its answer or an error of ours that says what was wrong, and no connection is lost."""
    assert complaints(case, kind, probe(case, kind)) == []
