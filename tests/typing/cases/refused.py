"""What a type checker refuses: a misspelt keyword wherever a method takes no further ones, and wrong types."""

from pareta import AsyncPareta, AsyncStream, ChatStream, DeployStream, ModelList, Pareta


def client(pa: Pareta) -> None:
    Pareta(api_kye="key")  # refused: api_kye
    Pareta.from_env(max_retires=1)  # refused: max_retires
    Pareta("key")  # refused: positional
    Pareta(api_key=5)  # refused: api_key
    Pareta(timeout="3")  # refused: timeout
    Pareta(max_retries=1.5)  # refused: max_retries
    Pareta(verify="no")  # refused: verify
    pa.with_options(dedline=1)  # refused: dedline
    pa.with_options(headers={"x": 1})  # refused
    pa.with_options(max_retries=None)  # refused: max_retries
    pa.close(now=True)  # refused: now
    pa.modles  # refused: modles
    pa.models = pa.tasks  # refused


def models(pa: Pareta, models: ModelList) -> None:
    pa.models.list(limt=3)  # refused: limt
    models[0]  # refused
    models.dta  # refused: dta
    models.data[0].name  # refused: name
    models.to_dict(deep=True)  # refused: deep


def endpoints(pa: Pareta) -> None:
    pa.endpoints.deploy()  # refused
    pa.endpoints.deploy("t")  # refused
    pa.endpoints.deploy(task=5)  # refused
    pa.endpoints.deploy(task="t", wait="yes")  # refused
    pa.endpoints.deploy(task="t").is_live  # refused: is_live
    pa.endpoints.list(x=1)  # refused: x
    pa.endpoints.retrieve("e", x=1)  # refused: x
    pa.endpoints.retrieve(5)  # refused
    pa.endpoints.wait_until_live("e", timout=1)  # refused: timout
    pa.endpoints.wait_until_live("e", 60)  # refused: positional
    pa.endpoints.start("e", wait=True)  # refused: wait
    pa.endpoints.stop("e", wait=True)  # refused: wait
    pa.endpoints.delete("e", force=True)  # refused: force
    pa.endpoints.metrics("e", window="7d")  # refused: window
    pa.endpoints.metrics()  # refused: endpoint_id
    pa.endpoints.metrics("e").latency()  # refused: latency
    pa.endpoints.metrics("e").cost("day")  # refused: positional


def tasks(pa: Pareta) -> None:
    pa.tasks.list(limt=3)  # refused: limt
    pa.tasks.retrieve("t", exmples_n=1)  # refused: exmples_n
    pa.tasks.match(qury="x")  # refused: qury
    pa.tasks.match("x", topk=1)  # refused: topk
    pa.tasks.leaderboard("t", x=1)  # refused: x
    pa.tasks.recommended(task="t")  # refused: task
    pa.tasks.match("x").chosen.task_id  # refused: task_id


def streams(deploying: DeployStream, answering: ChatStream) -> None:
    deploying.close(now=True)  # refused: now
    answering.close(now=True)  # refused: now
    answering.completion(whole=True)  # refused: whole
    answering.completion().choices[0].text  # refused: text


async def client_waiting(pa: AsyncPareta) -> None:
    AsyncPareta(api_kye="key")  # refused: api_kye
    AsyncPareta.from_env(max_retires=1)  # refused: max_retires
    pa.with_options(dedline=1)  # refused: dedline
    await pa.aclose(now=True)  # refused: now
    pa.close()  # refused: close


async def models_waiting(pa: AsyncPareta) -> None:
    await pa.models.list(limt=3)  # refused: limt
    pa.models.list().data  # refused: data


async def endpoints_waiting(pa: AsyncPareta) -> None:
    await pa.endpoints.deploy()  # refused
    await pa.endpoints.deploy("t")  # refused
    await pa.endpoints.list(x=1)  # refused: x
    await pa.endpoints.retrieve("e", x=1)  # refused: x
    await pa.endpoints.wait_until_live("e", timout=1)  # refused: timout
    await pa.endpoints.start("e", wait=True)  # refused: wait
    await pa.endpoints.stop("e", wait=True)  # refused: wait
    await pa.endpoints.delete("e", force=True)  # refused: force
    pa.endpoints.metrics("e", window="7d")  # refused: window
    await pa.endpoints.metrics("e")  # refused: AsyncMetrics
    await pa.endpoints.metrics("e").latency()  # refused: latency


async def tasks_waiting(pa: AsyncPareta) -> None:
    await pa.tasks.list(limt=3)  # refused: limt
    await pa.tasks.retrieve("t", exmples_n=1)  # refused: exmples_n
    await pa.tasks.match(qury="x")  # refused: qury
    await pa.tasks.leaderboard("t", x=1)  # refused: x
    await pa.tasks.recommended(task="t")  # refused: task


async def streams_waiting(pa: AsyncPareta, other: AsyncStream[int]) -> None:
    await other.aclose(now=True)  # refused: now
    for event in await pa.endpoints.deploy(task="t"):  # refused
        del event
