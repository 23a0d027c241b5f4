"""The pytest plugin: fixtures that anyone's tests use, isolated, quick, parallel, and told in reports."""

import os
import subprocess
import sys
import time

import pytest

from pareta import AsyncPareta, Pareta
from pareta.sandbox import Sandbox

pytest_plugins = ["pytester"]

# By name, without the other plugins that are installed here: those take seconds to load.
PLUGIN = ("-q", "-p", "pareta.testing", *os.environ["PYTEST_ADDOPTS"].split())
CHAT = 'model="ep_a1b2c3", messages=[{"role": "user", "content": "Hello"}]'


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load no plugin that is not asked for."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def test_the_fixtures_give_a_sandbox_and_clients_of_it(
    pareta_sandbox: Sandbox, pareta_client: Pareta, async_pareta_client: AsyncPareta
) -> None:
    """They work together: one sandbox, both worlds."""
    import asyncio

    async def names() -> list[str | None]:
        return [each.id for each in await async_pareta_client.models.list()]

    assert asyncio.run(names()) == [each.id for each in pareta_client.models.list()]
    assert [each.operation for each in pareta_sandbox.requests] == ["list_models"] * 2


def test_a_test_costs_little(pareta_sandbox: Sandbox) -> None:
    """After the first, bringing the sandbox back and making both clients takes under 20 ms."""
    took: list[float] = []
    for _ in range(11):
        began = time.perf_counter()
        pareta_sandbox.reset()
        with pareta_sandbox.client():
            pareta_sandbox.async_client()
        took.append(time.perf_counter() - began)
    assert sorted(took)[5] < 0.020


@pytest.mark.long
def test_tests_are_isolated_in_any_order_and_in_parallel(pytester: pytest.Pytester) -> None:
    """Whatever a test did is undone for the next, and each of several processes has a sandbox of its own."""
    pytester.makepyfile(
        f"""
        import pytest

        @pytest.mark.parametrize("number", range(12))
        def test_each(number, pareta_sandbox, pareta_client):
            assert pareta_sandbox.balance == 25_000_000
            assert len(pareta_client.endpoints.list()) == 4
            pareta_sandbox.fault("list_tasks", status=500, times=100)
            pareta_client.endpoints.deploy(task="translation", wait=True)
            pareta_client.chat.completions.create({CHAT})
            assert pareta_sandbox.balance < 25_000_000
        """
    )
    pytester.runpytest_subprocess(*PLUGIN, "-p", "xdist", "-n", "2", "-W", "error").assert_outcomes(passed=12)


def test_a_failing_test_shows_what_was_asked(pytester: pytest.Pytester) -> None:
    """The report ends with the journal's tail and the verdicts; a passing test's has none of it."""
    pytester.makepyfile(
        """
        def test_fails(pareta_sandbox, pareta_client):
            pareta_sandbox.fault("list_tasks", status=500)
            pareta_client.tasks.list()
            assert not "this"

        def test_has_none(pareta_sandbox):
            assert not "that"

        def test_closes_it(pareta_sandbox):
            pareta_sandbox.close()
            assert not "here"
        """
    )
    result = pytester.runpytest_subprocess(*PLUGIN)
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        [
            "*pareta sandbox: the last requests*",
            "req_000001  GET /v1/tasks  list_tasks: 500, * ms   [[]500[]]",
            "req_000002  GET /v1/tasks  list_tasks: 200, * ms",
            "*pareta sandbox: the last requests*",
            "There were none.",
            "*pareta sandbox: the last requests*",
            "The sandbox is not running*",
        ]
    )


def test_its_options_can_be_overridden(pytester: pytest.Pytester) -> None:
    """A session fixture of one's own says how the sandbox is started."""
    pytester.makepyfile(
        f"""
        import pytest

        @pytest.fixture(scope="session")
        def pareta_sandbox_options():
            return {{"pace": 0, "engine": "echo", "balance": 1_000}}

        def test_it(pareta_sandbox, pareta_client):
            assert pareta_sandbox.balance == 1_000
            assert pareta_client.chat.completions.create({CHAT}).choices[0].message.content == "Hello"
        """
    )
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=1)


LOOPS = {
    "asyncio": """
        import asyncio, pytest

        @pytest.mark.parametrize("number", range(2))
        class TestScopes:
            {scopes}

        def test_a_loop_of_its_own(async_pareta_client):
            assert asyncio.run(async_pareta_client.models.list())
        """,
    "set": """
        import asyncio, pytest

        @pytest.fixture(scope="session", autouse=True)
        def loop():
            with asyncio.Runner() as runner:
                asyncio.set_event_loop(runner.get_loop())
                yield runner.get_loop()
                assert asyncio.get_event_loop() is runner.get_loop()

        @pytest.mark.parametrize("number", range(2))
        def test_each(loop, async_pareta_client, number):
            assert loop.run_until_complete(async_pareta_client.models.list())
        """,
    "anyio": """
        import pytest

        @pytest.fixture(scope="module")
        async def one_loop_for_all(anyio_backend):
            yield

        @pytest.mark.anyio
        async def test_each(async_pareta_client):
            assert await async_pareta_client.models.list()

        @pytest.mark.anyio
        @pytest.mark.parametrize("number", range(2))
        async def test_in_one(one_loop_for_all, async_pareta_client, number):
            assert await async_pareta_client.models.list()
        """,
    # As a browser's driver does: its loop waits in a greenlet while tests run.
    "running": """
        import asyncio, greenlet, pytest

        @pytest.fixture(scope="session", autouse=True)
        def running():
            tests = greenlet.getcurrent()

            async def serve():
                tests.switch(asyncio.get_running_loop())

            driver = greenlet.greenlet(lambda: asyncio.run(serve()))
            yield driver.switch()
            driver.switch()

        @pytest.mark.parametrize("number", range(2))
        def test_each(running, pareta_client, async_pareta_client, number):
            assert pareta_client.models.list()
            assert asyncio.get_running_loop() is running
        """,
}
SCOPES = """
            @pytest.mark.asyncio(loop_scope="{0}")
            async def test_{0}(self, async_pareta_client, number):
                assert await async_pareta_client.models.list()
"""


@pytest.mark.parametrize(
    ("loops", "passed", "options"),
    [
        ("asyncio", 11, ("-p", "pytest_asyncio.plugin", "-o", "asyncio_default_fixture_loop_scope=function")),
        ("anyio", 6, ("-p", "anyio")),
        ("set", 2, ()),
        ("running", 2, ()),
    ],
)
def test_loops_are_left_alone(pytester: pytest.Pytester, loops: str, passed: int, options: tuple[str, ...]) -> None:
    """Fixtures begin, end and replace no event loop, and leave nothing open in one: no test warns."""
    scopes = "".join(SCOPES.format(scope) for scope in ("function", "class", "module", "package", "session"))
    pytester.makepyfile(LOOPS[loops].format(scopes=scopes.strip()))
    pytester.runpytest_subprocess(*PLUGIN, "-W", "error", *options).assert_outcomes(passed=passed)


def test_it_costs_those_nothing_who_do_not_use_it(pytester: pytest.Pytester) -> None:
    """A session that asks for no fixture loads no server, no transport and no generated code, and 2 ms of modules."""
    pytester.makepyfile(
        """
        import sys

        def test_it():
            heavy = ("httpx", "starlette", "sqlite3", "pareta_generated", "pareta.sandbox", "asyncio")
            assert [name for name in heavy if name in sys.modules] == []
        """
    )
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=1)
    code = "import pytest, time; began = time.perf_counter(); import pareta.testing; print(time.perf_counter() - began)"
    took = [float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(9)]
    assert min(took) < 0.002
