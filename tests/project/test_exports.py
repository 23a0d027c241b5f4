"""What `pareta` exports: which names, that they are documented, and what they are called."""

from __future__ import annotations

import ast
import inspect
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import pareta
from pareta._namespace import Namespace
from pareta_generated import models

ROOT = Path(__file__).parents[2]
ALIASES = {"ChatMessageParam", "ContentPartParam", "EndpointStatus", "FinishReason"}
FUNCTIONS = {"arguments_of", "response_of", "run_tools", "run_tools_async"}
CLASSES = [name for name in pareta.__all__ if not name.startswith("__") and name not in ALIASES]
OURS = [
    name
    for name in CLASSES
    if name not in FUNCTIONS and not getattr(pareta, name).__module__.startswith("pareta_generated")
]
PROMISED = """
    Pareta AsyncPareta Model ModelList Endpoint Task TaskMatch TaskMatchCandidate Leaderboard LeaderboardEntry
    ChatCompletion ChatCompletionChunk Choice Message Usage ChatStream DeployStream AsyncChatStream AsyncDeployStream
    Models Endpoints Metrics Chat Completions Tasks
    AsyncModels AsyncEndpoints AsyncMetrics AsyncChat AsyncCompletions AsyncTasks
    ParetaError APIConnectionError APITimeoutError APIStatusError BadRequestError AuthenticationError
    InsufficientCreditsError PermissionDeniedError NotFoundError ConflictError RateLimitError EndpointNotReadyError
    InternalServerError UnprocessableEntityError APIResponseError StreamError DeployError __version__
    ChatMessageParam ToolParam ToolChoiceParam ResponseFormatParam StreamOptionsParam
"""
TREE = {
    "ParetaError": "Exception",
    "APIConnectionError": "ParetaError",
    "APITimeoutError": "APIConnectionError",
    "APIStatusError": "ParetaError",
    "BadRequestError": "APIStatusError",
    "UnprocessableEntityError": "BadRequestError",
    "AuthenticationError": "APIStatusError",
    "InsufficientCreditsError": "APIStatusError",
    "PermissionDeniedError": "APIStatusError",
    "NotFoundError": "APIStatusError",
    "ConflictError": "APIStatusError",
    "RateLimitError": "APIStatusError",
    "InternalServerError": "APIStatusError",
    "EndpointNotReadyError": "APIStatusError",
    "APIResponseError": "ParetaError",
    "StreamError": "APIResponseError",
    "DeployError": "ParetaError",
    "OperationFailedError": "ParetaError",
    "BudgetExceededError": "ParetaError",
}


def test_the_promised_names_are_exported() -> None:
    """Everything that the documentation names can be imported from `pareta`."""
    assert set(PROMISED.split()) <= set(pareta.__all__)


def test_the_exports_are_sorted() -> None:
    """`__all__` is sorted and names nothing twice."""
    assert pareta.__all__ == sorted(set(pareta.__all__))


def test_every_export_can_be_had_and_nothing_else() -> None:
    """`__all__` is what the package can load, and any other name is an AttributeError."""
    homes = {name for names in pareta._HOMES.values() for name in names.split()}  # Where each is loaded from.
    assert homes | {"__version__"} == set(pareta.__all__)
    for name in pareta.__all__:
        assert getattr(pareta, name) is not None
    with pytest.raises(AttributeError, match="Nothing"):
        _ = pareta.Nothing


def test_what_is_no_class_is_a_function_or_a_type() -> None:
    """Beside classes, `pareta` exports functions, the document's unions for annotations, and its version."""
    classes = {name for name in pareta.__all__ if isinstance(getattr(pareta, name), type)}
    assert set(pareta.__all__) - classes == FUNCTIONS | ALIASES | {"__version__"}
    assert {getattr(pareta, name).__module__ for name in FUNCTIONS} == {"pareta"}


def test_every_object_of_the_document_is_exported() -> None:
    """What a response has or an argument takes is imported from `pareta`, where a subclass of ours goes before."""
    objects = {name for name, value in vars(models).items() if getattr(value, "__module__", "") == models.__name__}
    assert objects | ALIASES <= set(pareta.__all__)
    assert all(issubclass(getattr(pareta, name), getattr(models, name)) for name in ("Endpoint", "ModelList"))


def test_type_checkers_see_the_same_names_in_the_same_places() -> None:
    """The imports under TYPE_CHECKING are those that are made at run time."""
    tree = ast.parse(Path(pareta.__file__).read_text("utf-8"))
    (guarded,) = (node for node in tree.body if isinstance(node, ast.If))
    seen: dict[str, set[str]] = {}
    for node in guarded.body:
        assert isinstance(node, ast.ImportFrom)
        home = f"pareta.{node.module}" if node.level else node.module
        seen.setdefault(home or "", set()).update(alias.name for alias in node.names)
    assert seen == {home: set(names.split()) for home, names in pareta._HOMES.items()}


def test_dir_lists_the_exports() -> None:
    """`dir(pareta)` names every export, loaded or not."""
    code = "import pareta; print(set(pareta.__all__) - set(dir(pareta)))"
    assert fresh(code) == "set()"


def test_a_star_import_gives_every_export() -> None:
    """`from pareta import *` gives all names and works."""
    assert fresh("from pareta import *; print(Pareta.__name__, __version__)") == f"Pareta {pareta.__version__}"


def test_the_exceptions_are_the_documented_tree() -> None:
    """Each exception has the name and the base that the documentation draws, and there are no others."""
    exceptions = {name for name in OURS if issubclass(getattr(pareta, name), BaseException)}
    assert exceptions == TREE.keys()
    assert {name: getattr(pareta, name).__base__.__name__ for name in TREE} == TREE


@pytest.mark.parametrize("name", CLASSES)
def test_an_export_is_documented(name: str) -> None:
    """Each exported class, and each of its public methods and properties, has a docstring of its own or inherited."""
    kind = getattr(pareta, name)
    assert (kind.__doc__ or "").strip()
    undocumented = [f"{name}.{member}" for member, value in members(kind) if not (inspect.getdoc(value) or "").strip()]
    assert undocumented == []


@pytest.mark.parametrize("name", CLASSES)
def test_a_docstring_is_sentences(name: str) -> None:
    """The first line of each docstring is one or more sentences, and ends as such."""
    kind = getattr(pareta, name)
    texts = {name: kind.__doc__, **{f"{name}.{member}": inspect.getdoc(value) for member, value in members(kind)}}
    firsts = {place: (text or "").strip().partition("\n\n")[0] for place, text in texts.items()}
    assert {place: text for place, text in firsts.items() if not text.endswith((".", ":"))} == {}


@pytest.mark.parametrize("name", OURS)
def test_our_classes_say_where_users_find_them(name: str) -> None:
    """The name of a class of ours is `pareta.X`, in tracebacks and reprs, and it pickles by that name."""
    kind = getattr(pareta, name)
    assert repr(kind) == f"<class 'pareta.{name}'>"
    assert pickle.loads(pickle.dumps(kind)) is kind


def test_an_exception_says_where_users_find_it_before_it_was_named() -> None:
    """A traceback says `pareta.X` though the program has not mentioned X."""
    code = """
import pareta
from pareta._namespace import Namespace
try:
    pareta.Pareta(api_key=None)
except Exception as error:
    print(type(error))
    print(*(kind.__module__ for kind in type(error).__subclasses__()))
"""
    assert fresh(code).splitlines() == ["<class 'pareta.ParetaError'>", "pareta pareta pareta pareta pareta pareta"]


def test_every_argument_of_a_public_method_is_documented() -> None:
    """A docstring with a section of arguments names each of them, and no others."""
    for name in OURS:
        for member, value in [("", getattr(pareta, name)), *members(getattr(pareta, name))]:
            text = inspect.getdoc(value) or ""
            _, found, rest = text.partition("Args:\n")
            if not found or not callable(value):
                continue
            section = rest.split("\n\n")[0].splitlines()
            named = [line.partition(":")[0].strip() for line in section if line.startswith("    ") and line[4] != " "]
            parameters = [each for each in inspect.signature(value).parameters if each != "self"]
            assert (name, member, named) == (name, member, parameters)


def test_the_version_is_a_version() -> None:
    """`__version__` is three numbers, with a suffix at most."""
    assert [part.isdigit() for part in pareta.__version__.split(".")[:3]] == [True] * 3


def members(kind: Any) -> Iterator[tuple[str, Any]]:
    """Yield the public methods and properties of a class, but what builtins bring."""
    for name in dir(kind):
        builtin = any(name in vars(base) for base in (dict, BaseException, object))
        if name.startswith("_") or builtin:
            continue
        value = inspect.getattr_static(kind, name)
        if isinstance(value, property | Namespace):
            yield name, value
        elif callable(getattr(kind, name)) and not isinstance(getattr(kind, name), type):
            yield name, getattr(kind, name)


def fresh(code: str) -> str:
    """Run code in a fresh interpreter with this checkout on its path, and return what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()
