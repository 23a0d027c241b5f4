"""What a client is made of: its key, base URL, timeouts and options."""

import copy
import math
import pickle

import httpx
import pytest

from pareta import Pareta, ParetaError
from pareta._content.exchange import Timeouts
from pareta._credentials import BaseUrl, Key
from pareta._policy.options import DEFAULT_TIMEOUTS, NOT_GIVEN, Options, parse_timeout
from pareta._transport.environment import proxy_for

SECRET = "pareta_sk_0123456789"


def parsed(url: str | None, *, allow_http: bool = False) -> str:
    """Return what a base URL becomes."""
    return str(BaseUrl.parse(url, allow_http=allow_http))


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (None, "https://api.pareta.ai"),
        ("  ", "https://api.pareta.ai"),
        ("https://api.pareta.ai/v1", "https://api.pareta.ai"),
        ("https://api.pareta.ai/v1/", "https://api.pareta.ai"),
        ("https://gateway.example/pareta/v1", "https://gateway.example/pareta"),
        ("https://gateway.example/pareta/", "https://gateway.example/pareta"),
        ("HTTPS://API.Example:443", "https://api.example"),
        ("https://api.example:8443", "https://api.example:8443"),
        ("http://localhost:8700", "http://localhost:8700"),
        ("http://127.0.0.1:8700", "http://127.0.0.1:8700"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://[::1]:8700", "http://[::1]:8700"),
        ("http://sandbox.localhost", "http://sandbox.localhost"),
    ],
)
def test_a_base_url_is_an_origin_and_a_prefix(given: str | None, used: str) -> None:
    """A base URL may end in /v1 or a slash, and plain HTTP is for this machine."""
    assert parsed(given) == used


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("http://api.pareta.ai", "plain http"),
        ("http://localhost.example", "plain http"),
        ("https://me:secret@api.example", "user name"),
        ("https://me@api.example", "user name"),
        ("https://api.example?x=1", "query"),
        ("https://api.example?", "query"),
        ("https://api.example/#x", "fragment"),
        ("api.pareta.ai", "must begin with https://"),
        ("ftp://api.example", "must begin with https://"),
        ("https://", "must begin with https://"),
        ("https://api.example:port", "not a URL"),
        ("https://api.example:99999", "not a URL"),
        ("https://api.example:0", "its port is 0"),
        ("http://[::1]:0/v1", "its port is 0"),
        ("https://[::1", "not a URL"),
        ("https://api..example", "not a URL"),
        ("https://api.example/a b", "character"),
        ("https://api.example/é", "character"),
        ("https://api.example/\x00", "character"),
    ],
)
def test_a_base_url_that_makes_no_sense_is_refused(given: str, why: str) -> None:
    """What is wrong with a base URL is said when the client is made, without a password in it."""
    with pytest.raises(ValueError, match=why) as caught:
        parsed(given)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("rules", "url", "direct"),
    [
        ("*", "https://api.example", True),
        ("other.example, *", "https://api.example", True),
        ("example", "https://api.example", True),
        (".Example", "https://API.example.", True),
        ("*.example", "https://api.example", True),
        ("ample", "https://api.example", False),
        ("api.example:8443", "https://api.example:8443", True),
        ("api.example:8443", "https://api.example", False),
        ("api.example:443", "https://api.example", True),
        ("10.0.0.0/8", "http://10.1.2.3:8700", True),
        ("10.0.0.0/255.0.0.0 192.168.0.0/16", "http://192.168.7.1", True),
        ("10.0.0.1/8", "http://10.1.2.3", True),
        ("10.0.0.0/8", "http://11.1.2.3", False),
        ("10.0.0.0/8", "http://10.example", False),
        ("10.1.2.3:80", "http://10.1.2.3", True),
        ("10.1.2.3:81", "http://10.1.2.3", False),
        ("::1", "http://[::1]:8700", True),
        ("[::1]", "http://[::1]:8700", True),
        ("[0:0::1]:8700", "http://[::1]:8700", True),
        ("[::1]:8701", "http://[::1]:8700", False),
        ("fd00::/8", "http://[fd12::7]", True),
        ("[fd00::]/8", "http://[fd12::7]", True),
        ("fe80::/10", "http://[fe80::1%25eth0]", True),
        ("fd00::/8", "http://10.1.2.3", False),
        ("localhost,[,/8,:1,..", "http://127.0.0.1:8700", False),
    ],
)
def test_no_proxy_names_what_is_called_directly(
    monkeypatch: pytest.MonkeyPatch, rules: str, url: str, direct: bool
) -> None:
    """`NO_PROXY` takes domains, addresses and networks, each with a port or none."""
    monkeypatch.setenv("ALL_PROXY", "proxy:3128")
    monkeypatch.setenv("NO_PROXY", rules)
    assert proxy_for(BaseUrl.parse(url, allow_http=True)) == (None if direct else "http://proxy:3128")


def test_plain_http_elsewhere_must_be_allowed() -> None:
    """`allow_http=True` accepts plain HTTP to another machine."""
    assert parsed("http://gateway.internal:80", allow_http=True) == "http://gateway.internal"


@pytest.mark.parametrize("missing", [None, "", "  \n"])
def test_a_key_is_needed(missing: str | None) -> None:
    """Without a key there is no client, and the error names the variable."""
    with pytest.raises(ParetaError, match="PARETA_API_KEY"):
        Key(missing)


@pytest.mark.parametrize(
    ("given", "variable", "looked_at"),
    [
        (None, None, "api_key= is not given, and the environment variable PARETA_API_KEY is not set. Set it,"),
        (None, " ", "the environment variable PARETA_API_KEY is empty"),
        (" ", "pareta_sk_env", "api_key= is empty. Leave it out to use"),
    ],
)
def test_a_missing_key_says_what_was_looked_at(
    monkeypatch: pytest.MonkeyPatch, given: str | None, variable: str | None, looked_at: str
) -> None:
    """The error tells an argument that is empty from a variable that is, or is not set."""
    if variable is not None:
        monkeypatch.setenv("PARETA_API_KEY", variable)
    with pytest.raises(ParetaError, match=f"No API key: .*{looked_at}"):
        Pareta(api_key=given)


@pytest.mark.parametrize("odd", [f"{SECRET}\nx", f"{SECRET}\x00", f"{SECRET}é", f"{SECRET}\x7f", f"{SECRET}\u200b"])
def test_a_key_that_no_header_can_carry_is_refused_unshown(odd: str) -> None:
    """Control and non-ASCII characters are refused, and the key is not printed."""
    with pytest.raises(ValueError, match="control or non-ASCII") as caught:
        Key(odd)
    assert SECRET not in str(caught.value)


def test_a_key_is_sent_as_it_is_without_the_space_around_it() -> None:
    """White space around a key is not part of it; its form is for the server to judge."""
    assert Key(f" {SECRET}\r\n").header() == b"Bearer " + SECRET.encode()
    assert Key("some other form").header() == b"Bearer some other form"


def test_a_key_is_not_shown() -> None:
    """Neither repr nor str nor a pickle holds the key."""
    key = Key(SECRET)
    assert SECRET not in f"{key!r} {key}"
    assert SECRET.encode() not in pickle.dumps(key)
    assert copy.deepcopy(key) is key


def test_a_key_is_that_of_the_process_where_it_is_unpickled(monkeypatch: pytest.MonkeyPatch) -> None:
    """In another process the environment names the key; where it does not, using it says so."""
    pickled = pickle.dumps(Key(SECRET))
    with pytest.raises(ParetaError, match="PARETA_API_KEY"):
        pickle.loads(pickled).header()
    monkeypatch.setenv("PARETA_API_KEY", "pareta_sk_other")
    assert pickle.loads(pickled).header() == b"Bearer pareta_sk_other"


def test_a_timeout_is_for_each_operation() -> None:
    """A number sets read, write and pool, and connect to ten seconds at most; None sets no limit."""
    assert Timeouts(connect=5, read=600, write=600, pool=600) == DEFAULT_TIMEOUTS
    assert parse_timeout(30) == Timeouts(connect=5, read=30, write=30, pool=30)
    assert parse_timeout(2.5) == Timeouts(connect=2.5, read=2.5, write=2.5, pool=2.5)
    assert parse_timeout(None) == Timeouts(connect=None, read=None, write=None, pool=None)
    assert parse_timeout(httpx.Timeout(5, read=None, pool=7)) == Timeouts(connect=5, read=None, write=5, pool=7)


@pytest.mark.parametrize("wrong", [0, -1, math.inf, math.nan, True, "60", [], httpx.Timeout(-1), httpx.Timeout(0)])
def test_a_timeout_that_makes_no_sense_is_refused(wrong: object) -> None:
    """Only a positive, finite number of seconds limits a wait."""
    with pytest.raises(ValueError, match="timeout"):
        parse_timeout(wrong)  # type: ignore[arg-type]


def test_a_deadline_comes_with_the_timeouts() -> None:
    """By default a call may take its attempts times connecting and reading; None lifts the limit."""
    assert Options().seconds(DEFAULT_TIMEOUTS) == 3 * 605
    assert Options(max_retries=0).seconds(parse_timeout(5)) == 10
    assert Options().seconds(parse_timeout(None)) is None
    assert Options().changed(deadline=2).seconds(DEFAULT_TIMEOUTS) == 2
    assert Options().changed(deadline=None).seconds(DEFAULT_TIMEOUTS) is None


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"timeout": -1}, "timeout"),
        ({"deadline": 0}, "deadline"),
        ({"deadline": True}, "deadline"),
        ({"max_retries": -1}, "max_retries"),
        ({"max_retries": 1.5}, "max_retries"),
        ({"max_retries": True}, "max_retries"),
        ({"idempotency_key": ""}, "idempotency_key"),
        ({"idempotency_key": "a b"}, "idempotency_key"),
        ({"idempotency_key": "é"}, "idempotency_key"),
        ({"idempotency_key": "x" * 256}, "idempotency_key"),
        ({"idempotency_key": None}, "idempotency_key"),
        ({"headers": {"Authorization": "Bearer x"}}, "api_key="),
        ({"headers": {"HOST": "x"}}, "base_url="),
        ({"headers": {"Content-Length": "1"}}, "client's own"),
        ({"headers": {"transfer-encoding": "chunked"}}, "client's own"),
        ({"headers": {"Connection": "close"}}, "client's own"),
        ({"headers": {"Idempotency-Key": "x"}}, "idempotency_key="),
        ({"headers": {"": "x"}}, "not a header's name"),
        ({"headers": {"a b": "x"}}, "not a header's name"),
        ({"headers": {"x-é": "x"}}, "not a header's name"),
        ({"headers": {"x-a": "1\r\nx-b: 2"}}, "control"),
        ({"headers": {"x-a": "é"}}, "non-ASCII"),
        ({"headers": {"x-a": 1}}, "must be a str"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(options: dict[str, object], why: str) -> None:
    """An option is checked when it is given, and the text says what to do."""
    with pytest.raises(ValueError, match=why):
        Options().changed(**options)  # type: ignore[arg-type]


def test_headers_add_up_whatever_their_case() -> None:
    """Headers add to those of before, and one of the same name takes its place."""
    first = Options().changed(headers={"X-A": "1", "x-b": "2"})
    assert first.changed(headers={"x-a": " 3 "}).headers == ((b"x-a", b"3"), (b"x-b", b"2"))


def test_an_option_stays_unless_it_is_given() -> None:
    """What is not given stays, an idempotency key aside, which is for one call."""
    first = Options().changed(timeout=3, deadline=9, max_retries=5, headers={"x-a": "1"}, idempotency_key="k")
    second = first.changed(max_retries=0)
    assert (second.timeouts, second.deadline, second.headers) == (first.timeouts, first.deadline, first.headers)
    assert second.key is None
    assert repr(NOT_GIVEN) == "NOT_GIVEN"


def test_an_idempotency_key_serves_one_post() -> None:
    """A chosen key is given out once; without one each call gets its own."""
    chosen = Options().changed(idempotency_key="order-7")
    assert chosen.idempotency_key() == "order-7"
    with pytest.raises(ValueError, match="already used"):
        chosen.idempotency_key()
    assert Options().idempotency_key() != Options().idempotency_key()
