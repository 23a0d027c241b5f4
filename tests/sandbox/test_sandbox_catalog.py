"""The catalog and the matcher: tasks, leaderboards, and plain words that find them."""

import re

import httpx
import pytest

ALIAS = re.compile(r"[a-z]+-[1-9]")
RAW = re.compile(r"\d+b\b|instruct|\bgpu|a100|h100|int8|fp8|awq|gguf|tensor|/", re.IGNORECASE)


def leaderboards(api: httpx.Client) -> list[dict[str, object]]:
    """Return every leaderboard of the catalog."""
    ids = [task["id"] for task in api.get("/v1/tasks").json()["tasks"]]
    return [api.get(f"/v1/tasks/{task_id}/leaderboard").json() for task_id in ids]


def test_the_catalog_has_a_dozen_tasks_in_order(api: httpx.Client) -> None:
    """There are at least twelve, by their ids; two or more take files; none shows examples unasked."""
    tasks = api.get("/v1/tasks").json()["tasks"]
    ids = [task["id"] for task in tasks]
    assert len(ids) >= 12
    assert ids == sorted(ids)
    assert sum(task["has_blob_input"] for task in tasks) >= 2
    assert not any("examples" in task for task in tasks)


def test_every_task_has_examples_to_show(api: httpx.Client) -> None:
    """Each task has at least three worked examples of its own."""
    for task in api.get("/v1/tasks").json()["tasks"]:
        full = api.get(f"/v1/tasks/{task['id']}", params={"examples_n": 20}).json()
        assert len({example["input"] for example in full.pop("examples")}) >= 3
        assert full == task


def test_leaderboards_are_ranked_by_aliases_alone(api: httpx.Client) -> None:
    """Open models are named by family and rank, best first; the recommended one is among them; one has no frontier."""
    without_frontier = 0
    for board in leaderboards(api):
        models = board["models"]
        assert isinstance(models, list)
        assert 3 <= len(models) <= 5
        assert [model["quality"] for model in models] == sorted((m["quality"] for m in models), reverse=True)
        assert [int(model["name"][-1]) for model in models] == list(range(1, len(models) + 1))
        assert all(ALIAS.fullmatch(model["name"]) for model in models)
        assert board["recommended"] in [model["name"] for model in models]
        without_frontier += board["frontier"] is None
    assert without_frontier == 1


def test_nothing_shows_what_is_behind_an_alias(api: httpx.Client) -> None:
    """No raw model id and no word about hardware appears in catalog, leaderboards or endpoints."""
    shown = [str(board) for board in leaderboards(api)]
    shown += [str([{**each, "url": None} for each in api.get("/v1/endpoints").json()])]
    assert not [text for text in shown if RAW.search(text)]


def test_recommended_is_curated_or_the_best(api: httpx.Client) -> None:
    """The curated pick goes before the best model, which stands in where there is none."""
    recommended = {board["task_id"]: board["recommended"] for board in leaderboards(api)}
    assert recommended["contract-key-fields"] == "qwen-2"
    assert recommended["invoice-fields"] == "llama-1"


def test_unknown_tasks_are_404(api: httpx.Client) -> None:
    """A task and its leaderboard answer 404 by its name."""
    for path in ("/v1/tasks/nope", "/v1/tasks/nope/leaderboard", "/v1/tasks/a%2Fb"):
        assert api.get(path).status_code == 404


@pytest.mark.parametrize(
    ("query", "task_id"),
    [
        ("pull key fields out of contracts", "contract-key-fields"),
        ("who are the parties to this lease agreement", "contract-key-fields"),
        ("key points of legal agreements", "contract-key-fields"),
        ("read totals from invoices", "invoice-fields"),
        ("get the due date from supplier bills", "invoice-fields"),
        ("total on photographed receipts", "receipt-totals"),
        ("summarise long reports", "document-summary"),
        ("summarize this news article", "document-summary"),
        ("translate our website into German", "translation"),
        ("route incoming support tickets to the right team", "support-ticket-triage"),
        ("remove personal data from emails", "pii-redaction"),
        ("turn questions into SQL", "text-to-sql"),
        ("parse CVs of applicants", "resume-parsing"),
        ("write minutes of our meetings", "meeting-minutes"),
        ("assign ICD-10 codes to discharge notes", "medical-coding"),
        ("read passports", "id-card-reading"),
        ("draft replies to customer emails", "email-reply-drafts"),
        ("extract colour and size from product listings", "product-attributes"),
        ("classify the sentiment of tweets", "review-sentiment"),
        ("CONTRACTS!!", "contract-key-fields"),
    ],
)
def test_plain_words_find_their_task(api: httpx.Client, query: str, task_id: str) -> None:
    """An intent in a user's words finds the task that it means, clearly."""
    match = api.post("/v1/tasks/match", json={"query": query}).json()
    assert (match["matched"], match["ambiguous"], match["chosen"]["task_id"]) == (True, False, task_id)
    assert match["chosen"] == match["candidates"][0]
    assert all(0 <= each[key] <= 1 for each in match["candidates"] for key in ("score", "confidence"))


@pytest.mark.parametrize("query", ["bake a chocolate cake", "xyzzy", "???", "the of and", "extract data", "☃"])
def test_nonsense_finds_nothing(api: httpx.Client, query: str) -> None:
    """Words that mean no task are not matched, and leave nothing to choose."""
    match = api.post("/v1/tasks/match", json={"query": query}).json()
    assert (match["matched"], match["chosen"], match["candidates"]) == (False, None, [])
    assert match["query"] == query


def test_what_means_two_tasks_is_ambiguous(api: httpx.Client) -> None:
    """Where two fit alike, the best is chosen all the same, and said to be ambiguous; `top_k` bounds the list."""
    body = {"query": "fields"}
    assert api.post("/v1/tasks/match", json=body).json()["ambiguous"] is True
    one = api.post("/v1/tasks/match", json={**body, "top_k": 1.0}).json()
    assert len(one["candidates"]) == 1
    assert one["ambiguous"] is True
