"""How a client is made, changed, shared, logged, pickled and closed."""

import io
import logging
import multiprocessing
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import httpx
import httpx2
import pytest
from modes import KEY, Mode, SyncMode
from wire import Wire, answer

import pareta
from pareta import NotFoundError, Pareta, ParetaError, __version__
from pareta.sandbox import Sandbox

MODELS = answer({"object": "list", "data": []})
MATCH = answer({"query": "x"})
Serve = Callable[..., Wire]


def test_what_is_sent_says_who_asks_for_what(mode: Mode, wire: Serve) -> None:
    """Key, user agent, and what is accepted stand in the headers; the body is JSON."""
    server = wire(MATCH)
    mode.run(mode.client(server.url + "/v1").tasks.match("x"))
    request = server.received[0]
    assert (request.method, request.target) == ("POST", "/v1/tasks/match")
    assert request.json == {"query": "x", "top_k": 5}
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["user-agent"] == f"pareta-python/{__version__}"
    assert request.headers["accept"] == "application/json"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["host"] == f"127.0.0.1:{server.port}"
    assert request.headers["idempotency-key"]


def test_from_env_reads_key_and_url(mode: Mode, wire: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client takes the key and the URL from the environment, and an explicit argument wins."""
    server = wire(MODELS)
    monkeypatch.setenv("PARETA_API_KEY", "pareta_sk_env")
    monkeypatch.setenv("PARETA_BASE_URL", server.url)
    for options, key in (({}, "pareta_sk_env"), ({"api_key": "pareta_sk_given"}, "pareta_sk_given")):
        for make in (mode.client_class.from_env, mode.client_class):
            with mode.entered(make(max_retries=0, **options)) as client:
                mode.run(client.models.list())
            assert server.received[-1].headers["authorization"] == f"Bearer {key}"
    assert mode.client("https://elsewhere.example").base_url == "https://elsewhere.example"


def test_a_client_without_a_key_is_not_made(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key the error names the variable; an empty argument is not replaced by the environment."""
    for make in (mode.client_class, mode.client_class.from_env):
        with pytest.raises(ParetaError, match="PARETA_API_KEY"):
            make()
    monkeypatch.setenv("PARETA_API_KEY", "pareta_sk_env")
    with pytest.raises(ParetaError, match="PARETA_API_KEY"):
        mode.client_class(api_key="")


@pytest.mark.off_document("a parameter of each request")
def test_default_headers_and_query_go_with_each_request(mode: Mode, wire: Serve) -> None:
    """`default_headers=` and `default_query=` are sent, unless the call has a parameter of that name."""
    server = wire(MODELS, answer({}))
    client = mode.client(server.url, default_headers={"x-team": "legal"}, default_query={"window": "7d", "v": [1, 2]})
    mode.run(client.models.list())
    mode.run(client.endpoints.metrics("ep_1").cost(window="1h"))
    assert [request.target for request in server.received] == [
        "/v1/models?window=7d&v=1&v=2",
        "/v1/endpoints/ep_1/cost?v=1&v=2&window=1h",
    ]
    assert {request.headers["x-team"] for request in server.received} == {"legal"}


@pytest.mark.parametrize(
    "options",
    [
        {"verify": "yes"},
        {"max_retries": -1},
        {"max_connections": 0},
        {"max_connections": True},
        {"proxy": "ftp://proxy"},
        {"proxy": "http://[bad"},
        {"transport": object()},
        {"timeout": 0},
        {"base_url": "http://api.example"},
        {"http_client": object()},
    ],
)
def test_an_argument_that_makes_no_sense_is_refused(mode: Mode, options: dict[str, Any]) -> None:
    """What is wrong is said when the client is made."""
    with pytest.raises(ValueError, match=r"verify|proxy|transport|max_|timeout|base_url|http_client"):
        mode.client_class(**{"api_key": KEY, **options})


@pytest.mark.parametrize("option", ["transport", "proxy", "verify", "max_connections"])
def test_options_that_exclude_each_other_are_refused(mode: Mode, option: str) -> None:
    """What `http_client=` decides cannot be given beside it, and a transport has its own proxy and TLS."""
    value = {"proxy": "http://proxy", "verify": False, "max_connections": 5, "transport": httpx.MockTransport(print)}
    own = mode.http_client()
    with pytest.raises(ValueError, match=f"{option}= and http_client= exclude each other"):
        mode.client_class(api_key=KEY, http_client=own, **{option: value[option]})
    if option in ("proxy", "verify"):
        with pytest.raises(ValueError, match=f"{option}= and transport= exclude each other"):
            mode.client_class(api_key=KEY, transport=value["transport"], **{option: value[option]})


def test_a_client_of_the_other_kind_is_refused(mode: Mode) -> None:
    """A blocking HTTP client or transport cannot serve AsyncPareta, nor the reverse: the error says which can."""
    sync = mode.name == "sync"
    wanted = "a blocking one" if sync else "an async one"
    client = httpx.AsyncClient() if sync else httpx.Client()
    with pytest.raises(ValueError, match=f"http_client must be {wanted} of httpx"):
        mode.client_class(api_key=KEY, http_client=client)
    transport = httpx.AsyncHTTPTransport() if sync else httpx.HTTPTransport()
    with pytest.raises(ValueError, match=f"transport must be {wanted} of httpx"):
        mode.client_class(api_key=KEY, transport=transport)


def test_a_closed_client_says_so(mode: Mode, wire: Serve) -> None:
    """After `close`, every call raises ParetaError; closing twice is nothing."""
    server = wire(MODELS)
    client = mode.client(server.url)
    derived = client.with_options(max_retries=0)
    mode.run(client.models.list())
    mode.close(client)
    mode.close(client)
    for each in (client, derived):
        with pytest.raises(ParetaError, match="closed"):
            mode.run(each.models.list())
    assert len(server.received) == 1
    assert server.peers[0].gone.wait(2)


def test_a_client_is_a_context(mode: Mode, wire: Serve) -> None:
    """Leaving `with` closes it."""
    client = mode.client_class(api_key=KEY, base_url=wire(MODELS).url)
    with mode.entered(client):
        mode.run(client.models.list())
    with pytest.raises(ParetaError, match="closed"):
        mode.run(client.models.list())


def test_options_change_a_view_that_shares_the_connections(mode: Mode, wire: Serve) -> None:
    """`with_options` gives a client of the same class, over the same connection, and leaves the first as it was."""
    server = wire(MODELS)
    client = mode.client(server.url)
    other = client.with_options(headers={"X-Team": "legal"}, timeout=5, deadline=9, max_retries=0)
    mode.run(client.models.list())
    mode.run(other.models.list())
    mode.run(other.with_options(headers={"X-Case": "7"}).models.list())
    assert type(other) is type(client)
    assert [request.headers.get("x-team") for request in server.received] == [None, "legal", "legal"]
    assert [request.headers.get("x-case") for request in server.received] == [None, None, "7"]
    assert len(server.peers) == 1


def test_a_key_serves_one_post(mode: Mode, wire: Serve) -> None:
    """A chosen idempotency key is sent with one POST, and a second one is refused before it is sent."""
    server = wire(MATCH)
    client = mode.client(server.url).with_options(idempotency_key="order-7")
    mode.run(client.tasks.match("x"))
    with pytest.raises(ValueError, match="already used"):
        mode.run(client.tasks.match("x"))
    assert [request.headers["idempotency-key"] for request in server.received] == ["order-7"]


def test_a_key_makes_one_deployment(mode: Mode, sandbox: Sandbox) -> None:
    """The same key and body have one effect on the platform."""
    client = mode.client(sandbox.base_url, api_key=sandbox.api_key)
    first, second = (
        mode.run(client.with_options(idempotency_key="order-7").endpoints.deploy(task="contract-key-fields", wait=True))
        for _ in range(2)
    )
    assert first == second


def test_retries_keep_their_key(mode: Mode, wire: Serve) -> None:
    """Each attempt of a call carries the same key and body."""
    server = wire(answer({}, "503 Service Unavailable", ["Retry-After: 0"]), MATCH)
    mode.run(mode.client(server.url).tasks.match("x"))
    first, second = server.received
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert first.body == second.body


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_a_client_of_the_callers_own_is_used_and_left_open(mode: Mode, wire: Serve, library: Any) -> None:
    """`http_client=` sends through the caller's client, hooks and headers included, and does not close it."""
    server = wire(MODELS)
    seen: list[str] = []

    def hook(request: Any) -> None:
        seen.append(str(request.url))

    async def async_hook(request: Any) -> None:
        hook(request)

    kind = library.Client if mode.name == "sync" else library.AsyncClient
    own = kind(
        headers={"x-own": "1"}, trust_env=False, event_hooks={"request": [hook if mode.name == "sync" else async_hook]}
    )
    client = mode.client(server.url, http_client=own)
    with mode.entered(client):
        mode.run(client.models.list())
    assert seen == [f"{server.url}/v1/models"]
    assert server.received[0].headers["x-own"] == "1"
    assert server.received[0].headers["authorization"] == f"Bearer {KEY}"
    assert mode.run(own.get(server.url)).status_code == 200
    mode.close(own)


@pytest.mark.parametrize(("options", "expected"), [({}, (1.0, 2.0)), ({"timeout": 30}, (5.0, 30.0))])
def test_an_explicit_timeout_wins_over_the_callers_client(
    mode: Mode, wire: Serve, options: dict[str, Any], expected: tuple[float, float]
) -> None:
    """The caller's client keeps its own timeouts, unless `timeout=` names others."""
    waits: list[dict[str, float]] = []

    def hook(request: Any) -> None:
        waits.append(dict(request.extensions["timeout"]))

    async def async_hook(request: Any) -> None:
        hook(request)

    own = mode.http_client(
        timeout=httpx.Timeout(2, connect=1), event_hooks={"request": [hook if mode.name == "sync" else async_hook]}
    )
    mode.run(mode.client(wire(MODELS).url, http_client=own, **options).models.list())
    assert (waits[0]["connect"], waits[0]["read"]) == expected


def test_what_the_document_does_not_declare_is_sent_and_logged(
    mode: Mode, wire: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """Further keywords go into the body as they are, and the log says which."""
    server = wire(answer({"id": "c1", "choices": []}))
    client = mode.client(server.url)
    with caplog.at_level(logging.INFO, "pareta"):
        mode.run(
            client.chat.completions.create(
                model="m", messages=[{"role": "user", "content": "?"}], top_k=4, seed=7, nul=None
            )
        )
    assert server.received[0].json == {
        "model": "m", "messages": [{"role": "user", "content": "?"}], "seed": 7, "top_k": 4, "nul": None,
    }  # fmt: skip
    assert [message for message in caplog.messages if "'top_k'" in message]
    assert not [message for message in caplog.messages if "'seed'" in message]


def test_nothing_else_is_sent(mode: Mode, wire: Serve) -> None:
    """What is not given is not in the body: only what is always sent."""
    server = wire(answer({"id": "c1", "choices": []}))
    client = mode.client(server.url)
    with pytest.raises(pareta.APIResponseError):
        mode.run(client.endpoints.deploy(task="t"))
    mode.run(client.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}], temperature=None))
    assert [request.json for request in server.received] == [
        {"task": "t", "model": "recommended"},
        {"model": "m", "messages": [{"role": "user", "content": "?"}]},
    ]


def test_query_parameters_are_written_as_the_api_reads_them(mode: Mode, wire: Serve) -> None:
    """True and false, ISO 8601, a list repeated, None left out, the rest quoted."""
    from datetime import UTC, datetime

    server = wire(answer({}))
    metrics = mode.client(server.url).endpoints.metrics("ep_1")
    since = datetime(2026, 1, 10, tzinfo=UTC)
    mode.run(metrics.cost(window=None, judged=True, since=since, tag=["a b", "c&d"], none=None, n=3))
    assert server.received[0].target == (
        "/v1/endpoints/ep_1/cost?judged=true&since=2026-01-10T00%3A00%3A00%2B00%3A00&tag=a%20b&tag=c%26d&n=3"
    )


def test_the_log_tells_each_request_without_the_key(mode: Mode, wire: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """`PARETA_LOG=debug` prints method, URL, status and time; no key and no body."""
    errors = io.StringIO()
    monkeypatch.setenv("PARETA_LOG", "debug")
    monkeypatch.setattr(sys, "stderr", errors)
    logger = logging.getLogger("pareta")
    before, level = list(logger.handlers), logger.level
    try:
        mode.run(mode.client(wire(MATCH).url).tasks.match("a secret question"))
    finally:
        logger.handlers[:] = before
        logger.setLevel(level)
    assert "/v1/tasks/match 200 in" in errors.getvalue()
    assert "req_wire" in errors.getvalue()
    assert KEY not in errors.getvalue()
    assert "secret question" not in errors.getvalue()


def test_the_key_is_nowhere_to_be_seen(mode: Mode, wire: Serve) -> None:
    """Neither the repr of a client nor its variables, nor an error or its pickle, hold the key."""
    client = mode.client(wire(answer({"detail": "No."}, "404 Not Found")).url)
    with pytest.raises(NotFoundError) as caught:
        mode.run(client.models.list())
    shown = f"{client!r} {vars(client)} {client.models.__dict__} {caught.value!r} {vars(caught.value)}"
    assert KEY not in shown
    assert KEY.encode() not in pickle.dumps(caught.value)
    assert repr(client).startswith(f"{type(client).__name__}(base_url='http://127.0.0.1:")


def test_the_cause_of_a_failure_holds_no_key(mode: Mode) -> None:
    """The transport's own exception is there as `__cause__`, without the request that it came from."""
    for options in ({}, {"http_client": mode.http_client()}):
        client = mode.client("http://127.0.0.1:1", max_retries=0, **options)
        with pytest.raises(pareta.APIConnectionError) as caught:
            mode.run(client.models.list())
        assert "GET http://127.0.0.1:1/v1/models: " in str(caught.value)
        error: BaseException | None = caught.value
        assert error is not None
        assert error.__cause__ is not None
        while error is not None:
            assert KEY not in f"{error!r} {vars(error)}"
            assert not getattr(vars(error).get("_request"), "headers", None)
            error = error.__cause__ or error.__context__


def test_errors_survive_pickling(mode: Mode, wire: Serve) -> None:
    """An error crosses a process whole: class, text, status, detail and answer."""
    client = mode.client(wire(answer({"detail": ["No."]}, "404 Not Found")).url)
    with pytest.raises(NotFoundError) as caught:
        mode.run(client.models.list())
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is NotFoundError
    assert str(again) == str(caught.value)
    assert (again.detail, again.request_id, again.response) == (["No."], "req_wire", caught.value.response)


def test_exceptions_print_under_their_public_name() -> None:
    """A traceback says `pareta.NotFoundError`, whether or not that name was ever imported."""
    script = "import pareta._exceptions as e; raise e.StreamError('x')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == "pareta.StreamError: x"


def test_a_client_survives_pickling_without_its_key(mode: Mode, wire: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client comes out of a pickle with its options; its key is that of the environment there."""
    server = wire(MODELS)
    client = mode.client(server.url).with_options(headers={"x-team": "legal"}, max_retries=0)
    pickled = pickle.dumps(client)
    assert KEY.encode() not in pickled
    again = pickle.loads(pickled)
    with mode.entered(again), pytest.raises(ParetaError, match="PARETA_API_KEY"):
        mode.run(again.models.list())
    monkeypatch.setenv("PARETA_API_KEY", "pareta_sk_there")
    again = pickle.loads(pickled)
    with mode.entered(again):
        mode.run(again.models.list())
    assert server.received[0].headers["authorization"] == "Bearer pareta_sk_there"
    assert server.received[0].headers["x-team"] == "legal"


def test_a_client_over_the_callers_own_does_not_pickle(mode: Mode) -> None:
    """A client that was passed cannot cross a process, which is said."""
    client = mode.client("https://api.example", http_client=mode.http_client())
    with pytest.raises(TypeError, match="http_client="):
        pickle.dumps(client)


def count_models(client: Pareta) -> int:
    """Count the models in another process."""
    return len(client.models.list())


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_client_works_in_another_process(wire: Serve, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """A process pool takes a client along, and each process opens its own connections."""
    server = wire(MODELS)
    monkeypatch.setenv("PARETA_API_KEY", KEY)
    with (
        Pareta.from_env(base_url=server.url) as client,
        ProcessPoolExecutor(1, multiprocessing.get_context(method)) as pool,
    ):
        assert len(client.models.list()) == 0
        assert pool.submit(count_models, client).result() == 0
        assert len(server.peers) == 2
        assert len(client.models.list()) == 0


def test_after_a_fork_the_child_opens_its_own_connections(wire: Serve) -> None:
    """A child that inherits a client neither uses nor breaks its parent's connection."""
    server = wire(MODELS)
    script = f"""
import os
from pareta import Pareta
client = Pareta(api_key="k", base_url={server.url!r})
client.models.list()
child = os.fork()
if child == 0:
    client.models.list()
    client.close()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
client.models.list()
client.close()
"""
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True, timeout=20)
    assert (len(server.received), len(server.peers)) == (3, 2)


def test_threads_share_a_client(sandbox: Sandbox) -> None:
    """Sixteen threads call through one client at a time, each getting its own answer."""
    client = SyncMode().client(sandbox.base_url, api_key=sandbox.api_key, max_connections=8)

    def ask(number: int) -> str:
        name = f"no-such-{number}"
        try:
            client.endpoints.retrieve(name)
        except NotFoundError as error:
            return str(error.detail)
        return ""

    with client, ThreadPoolExecutor(16) as pool:
        details = list(pool.map(ask, range(160)))
    assert all(f"'no-such-{number}'" in detail for number, detail in enumerate(details))


def test_every_public_name_is_there() -> None:
    """`__all__` is sorted, each of its names loads, and nothing else is public."""
    assert list(pareta.__all__) == sorted(pareta.__all__)
    assert all(getattr(pareta, name) is not None for name in pareta.__all__)
    assert set(pareta.__all__) <= set(dir(pareta))
    with pytest.raises(AttributeError, match="no attribute 'Nope'"):
        _ = pareta.Nope
