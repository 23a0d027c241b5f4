"""The pytest plugin of the suite: options, limits, fixtures, and what is skipped."""

from __future__ import annotations

import os
from typing import Any, Final

import hypothesis
import pytest
import requests

from pareta.sandbox import Sandbox

from . import _reports
from ._example_requests import example_requests
from ._exchange import Endpoint
from ._journal import RunJournal
from ._server import SERVER, Server
from ._session import NEEDS_WRITES, WRITES, Limits

_MODULES: Final = (
    *("reading", "deployment", "lifecycle", "completions", "billing", "idempotency", "generated", "state", "examples"),
    *("coverage", "exchanges", "streams"),
)
"""The order of the modules: the last ones look at what the others did."""
_WRITING: Final = ("writes", "deploys", "completions")
_SEED = 7
_PROBE_SECONDS = 30.0
_SECONDS, _SECONDS_WITH_WRITES = 600, 3600
_REQUESTS_OF_A_TEST = 5
_NEEDS_SANDBOX = "needs the suite's own sandbox"
_COSTS_TOO_MUCH = "no deployments are generated: each takes minutes and money"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the suite's options."""
    group = parser.getgroup("pareta contract")
    group.addoption("--server", metavar="URL", help="the server to check; by default the suite starts a sandbox")
    group.addoption("--api-key", default=os.environ.get("PARETA_API_KEY", "").strip(), help="default: $PARETA_API_KEY")
    group.addoption(
        "--allow-writes",
        action="store_true",
        default=os.environ.get("ALLOW_WRITES") == "1",
        help="also deploy, complete, stop and delete, which is billed; never endpoints that others created",
    )
    group.addoption(
        "--examples",
        type=int,
        default=int(os.environ.get("EXAMPLES") or 25),
        metavar="N",
        help="requests to generate for each operation, beside those at the borders of its schema (default: 25)",
    )
    group.addoption("--html", metavar="FILE", help="write the report as one HTML page")
    group.addoption("--time-limit", type=float, metavar="SECONDS", help="default: 600, with --allow-writes 3600")
    group.addoption("--max-deploys", type=int, metavar="N", help="deploy at most N endpoints")
    group.addoption("--max-completions", type=int, metavar="N", help="request at most N completions")


def pytest_configure(config: pytest.Config) -> None:
    """Check the options, and make the run reproducible."""
    config.pluginmanager.register(_reports, "pareta-contract-reports")
    config.addinivalue_line(
        "markers", "cost(requests, per_example, deploys, completions, writes): what a test spends, about"
    )
    config.addinivalue_line("markers", "own_sandbox: cannot be shown on another server")
    url, option = config.option.server, config.option
    if option.examples < 1:
        raise pytest.UsageError(f"--examples must be positive, not {option.examples}")
    if url is not None:
        if not url.startswith(("http://", "https://")):
            raise pytest.UsageError(f"URL must begin with http:// or https://, not {url!r}")
        if not option.api_key:
            raise pytest.UsageError("a server needs a key: set PARETA_API_KEY, or give --api-key KEY")
        if option.allow_writes and getattr(option, "numprocesses", None):
            raise pytest.UsageError("-n needs the suite's own sandbox, or a server without --allow-writes")
    hypothesis.settings.register_profile(
        "contract",
        max_examples=option.examples,
        derandomize=option.hypothesis_seed is None,
        database=None,
        deadline=None,
        print_blob=False,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate, hypothesis.Phase.shrink),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    before = hypothesis.settings.get_current_profile_name()
    config.add_cleanup(lambda: hypothesis.settings.load_profile(before))
    hypothesis.settings.load_profile("contract")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the sandbox, or stop where the server does not respond or rejects the key."""
    config, option = session.config, session.config.option
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.startpath = config.rootpath  # It shows paths from here, not from where the package is installed.
    maxima = {"deploy_endpoint": option.max_deploys, "create_chat_completion": option.max_completions}
    seconds = option.time_limit or (_SECONDS_WITH_WRITES if option.allow_writes else _SECONDS)
    limits = Limits(seconds, maxima, writes=option.server is None or option.allow_writes)
    if option.server is None:
        sandbox = Sandbox(seed=_SEED, pace=0).start()
        config.add_cleanup(sandbox.close)
        server = Server(sandbox.base_url, sandbox.api_key, limits, RunJournal(), sandbox)
    else:
        server = Server(option.server, option.api_key, limits, RunJournal())
        if not option.collectonly and not hasattr(config, "workerinput"):
            _probe(server)
    config.stash[SERVER] = server


def _probe(server: Server) -> None:
    try:
        seconds = min(_PROBE_SECONDS, server.limits.seconds_left)
        status = server.send("list_models", seconds=seconds, limited=False).status
    except requests.RequestException as error:
        raise pytest.UsageError(f"Cannot check the server: {error}") from None
    if status == requests.codes.unauthorized:
        raise pytest.UsageError(f"{server.base_url} rejects the API key: it returns 401")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the tests in order, and skip those that this server does not offer."""
    items.sort(key=lambda item: _MODULES.index(item.path.stem.removeprefix("test_")))
    server = config.stash[SERVER]
    if server.sandbox is not None:
        return
    not_generated = {server.document.operations[each].label for each in server.not_generated}
    for item in items:
        reason = ""
        if item.get_closest_marker("own_sandbox"):
            reason = _NEEDS_SANDBOX
        elif not server.limits.writes and _writes_of(item):
            reason = NEEDS_WRITES
        elif getattr(item, "operation_label", None) in not_generated:
            reason = _COSTS_TOO_MUCH if server.limits.writes else NEEDS_WRITES
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


def _cost(item: pytest.Item, name: str, default: int = 0) -> int:
    return next((each.kwargs[name] for each in item.iter_markers("cost") if name in each.kwargs), default)


def _writes_of(item: pytest.Item) -> bool:
    costs = [value for each in item.iter_markers("cost") for name, value in each.kwargs.items() if name in _WRITING]
    return any(costs) or "live_endpoint" in getattr(item, "fixturenames", ())


def pytest_report_collectionfinish(config: pytest.Config, items: list[pytest.Item]) -> list[str]:
    """Say what the run is about to do."""
    chosen = [item for item in items if not item.get_closest_marker("skip")]
    examples = config.option.examples
    spends = sum(
        _cost(each, "requests", _REQUESTS_OF_A_TEST) + examples * _cost(each, "per_example") for each in chosen
    )
    server = config.stash[SERVER]
    if server.sandbox is not None:
        return [f"the suite's own sandbox: about {spends} requests, at most {server.limits.seconds_left:.0f} s"]
    deploys, completions = (sum(_cost(item, name) for item in chosen) for name in ("deploys", "completions"))
    deploys += any("live_endpoint" in getattr(item, "fixturenames", ()) for item in chosen)
    costs = f"{deploys} deployments, {completions} completions, at most {server.limits.seconds_left:.0f} s"
    return [f"{server.base_url}: about {spends} requests, {costs}"]


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Server:
    """Give the server under test; the suite's own sandbox is as new."""
    server = request.config.stash[SERVER]
    server.limits.check_time()
    server.begin_test()
    return server


@pytest.fixture
def live_endpoint(server: Server) -> Endpoint:
    """Give a live endpoint; on another server the same one to each test."""
    return server.live_endpoint()


@pytest.fixture
def journal(request: pytest.FixtureRequest) -> RunJournal:
    """Give every exchange of the run; where there is none, the requests of the document's examples come first."""
    server = request.config.stash[SERVER]
    if len(server.journal.exchanges) <= 1:  # The one of _probe.
        for operation in server.document.operations.values():
            server.begin_test()
            if server.sandbox is not None or operation.id not in WRITES:  # The examples name endpoints of others.
                for options in example_requests(operation):
                    server.send(operation.id, **options)
    return server.journal
