"""The sandbox's state, in SQLite; what a method did is committed when it returns."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from attrs import evolve

from pareta.sandbox._rows import EndpointRow, Served, StoredAnswer, Transition

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE endpoints (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE, model TEXT NOT NULL, task TEXT NOT NULL, status TEXT NOT NULL,
    deploying INTEGER NOT NULL, was_live INTEGER NOT NULL, region TEXT NOT NULL, created_at INTEGER NOT NULL,
    owned_by TEXT NOT NULL, protected INTEGER NOT NULL, failure TEXT
);
CREATE TABLE transitions (
    endpoint TEXT NOT NULL, at INTEGER NOT NULL, status TEXT NOT NULL, deploying INTEGER NOT NULL
);
CREATE INDEX transitions_of ON transitions (endpoint);
CREATE TABLE completions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    endpoint TEXT NOT NULL, at INTEGER NOT NULL, price INTEGER NOT NULL,
    prompt_tokens INTEGER, completion_tokens INTEGER, latency_ms REAL, score REAL
);
CREATE INDEX completions_of ON completions (endpoint, at);
CREATE TABLE refusals (endpoint TEXT NOT NULL, at INTEGER NOT NULL, status INTEGER NOT NULL);
CREATE INDEX refusals_of ON refusals (endpoint, at);
CREATE TABLE answers (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL, at INTEGER NOT NULL,
    status INTEGER NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL
);
"""
_SERVED = """
SELECT at - at % :stretch, SUM(price IS NOT NULL), COALESCE(SUM(price), 0), COUNT(latency_ms),
       COALESCE(SUM(prompt_tokens), 0), COALESCE(SUM(completion_tokens), 0), COALESCE(SUM(score), 0.0), SUM(refused)
FROM (
    SELECT at, price, latency_ms, prompt_tokens, completion_tokens, score, 0 AS refused FROM completions
    WHERE endpoint = :endpoint AND at >= :since
    UNION ALL
    SELECT at, NULL, NULL, NULL, NULL, NULL, 1 FROM refusals WHERE endpoint = :endpoint AND at >= :since
)
GROUP BY 1 ORDER BY 1
"""
_TABLES = ("endpoints", "transitions", "completions", "refusals", "answers", "meta")
_ENDPOINT = "name, model, task, status, deploying, was_live, region, created_at, owned_by, protected, failure"


class Store:
    """All state that outlives a request. One thread uses it."""

    def __init__(self, path: str = ":memory:") -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def clear(self) -> None:
        """Forget everything, the counters too."""
        with self._transaction():
            for table in _TABLES:
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - the names are ours.
            self._db.execute("DELETE FROM sqlite_sequence")

    @property
    def balance(self) -> int:
        """What the organisation has left, in micro-USD."""
        return self._counter("balance")

    @balance.setter
    def balance(self, micro_usd: int) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('balance', ?)", (micro_usd,))

    def next_number(self, counter: str) -> int:
        """Count one further, from 1, and return the number."""
        query = "INSERT INTO meta VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET value = value + 1 RETURNING value"
        return int(self._db.execute(query, (counter,)).fetchone()[0])

    def endpoints(self) -> list[EndpointRow]:
        """Return every endpoint, oldest first."""
        query = f"SELECT {_ENDPOINT} FROM endpoints ORDER BY created_at, seq"  # noqa: S608 - the names are ours.
        return [_endpoint(row) for row in self._db.execute(query)]

    def endpoint(self, name: str) -> EndpointRow | None:
        """Return the endpoint of this name, if there is one."""
        query = f"SELECT {_ENDPOINT} FROM endpoints WHERE name = ?"  # noqa: S608 - the names are ours.
        row = self._db.execute(query, (name,)).fetchone()
        return None if row is None else _endpoint(row)

    def add_endpoint(self, row: EndpointRow) -> None:
        """Add an endpoint; its first transition is at its creation."""
        values = (row.name, row.model, row.task, row.status, row.deploying, row.was_live, row.region)
        rest = (row.created_at, row.owned_by, row.protected, row.failure)
        with self._transaction():
            query = f"INSERT INTO endpoints ({_ENDPOINT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
            self._db.execute(query, (*values, *rest))
            self._add_transition(row, row.created_at)

    def change_status(
        self, row: EndpointRow, status: str, *, at: int, deploying: bool = False, failure: str | None = None
    ) -> EndpointRow:
        """Bring an endpoint into a status, and return it as it is then."""
        was_live = row.was_live or status == "live"
        changed = evolve(row, status=status, deploying=deploying, failure=failure, was_live=was_live)
        with self._transaction():
            self._db.execute(
                "UPDATE endpoints SET status = ?, deploying = ?, failure = ?, was_live = ? WHERE name = ?",
                (status, deploying, failure, was_live, row.name),
            )
            self._add_transition(changed, at)
        return changed

    def delete_endpoint(self, name: str) -> None:
        """Remove an endpoint and all that is known of it; the balance stays as it is."""
        with self._transaction():
            self._db.execute("DELETE FROM endpoints WHERE name = ?", (name,))
            for table in ("transitions", "completions", "refusals"):
                self._db.execute(f"DELETE FROM {table} WHERE endpoint = ?", (name,))  # noqa: S608 - the names are ours.

    def transitions(self, endpoint: str) -> list[Transition]:
        """Return an endpoint's statuses in order."""
        query = "SELECT at, status, deploying FROM transitions WHERE endpoint = ? ORDER BY rowid"
        rows = self._db.execute(query, (endpoint,))
        return [Transition(at, status, bool(deploying)) for at, status, deploying in rows]

    def bill(self, endpoint: str, *, price: int, at: int) -> int | None:
        """Debit a completion and record it, both or neither; return its number, None where the balance is short."""
        with self._transaction():
            debit = "UPDATE meta SET value = value - ? WHERE key = 'balance' AND value >= ? AND value > 0"
            if self._db.execute(debit, (price, price)).rowcount == 0:
                return None
            record = "INSERT INTO completions (endpoint, at, price) VALUES (?, ?, ?)"
            return self._db.execute(record, (endpoint, at, price)).lastrowid

    def finish(
        self, number: int, *, prompt_tokens: int, completion_tokens: int, latency_ms: float, score: float
    ) -> None:
        """Record what is known at a completion's end."""
        self._db.execute(
            """UPDATE completions SET prompt_tokens = ?, completion_tokens = ?, latency_ms = ?, score = ?
               WHERE number = ?""",
            (prompt_tokens, completion_tokens, latency_ms, score, number),
        )

    def refuse(self, endpoint: str, *, status: int, at: int) -> None:
        """Record a request for a completion that was refused."""
        self._db.execute("INSERT INTO refusals VALUES (?, ?, ?)", (endpoint, at, status))

    def served(self, endpoint: str, *, since: int, stretch: int) -> list[Served]:
        """Return what an endpoint served from `since` on, by stretches of so many milliseconds, oldest first."""
        rows = self._db.execute(_SERVED, {"endpoint": endpoint, "since": since, "stretch": stretch})
        return [Served(*row) for row in rows]

    def latencies(self, endpoint: str, *, since: int) -> list[float]:
        """Return the latencies of finished completions from `since` on, in milliseconds, in order."""
        query = """SELECT latency_ms FROM completions
                   WHERE endpoint = ? AND at >= ? AND latency_ms IS NOT NULL ORDER BY latency_ms"""
        return [latency for (latency,) in self._db.execute(query, (endpoint, since))]

    def answer(self, key: str, *, since: int) -> StoredAnswer | None:
        """Return the answer that is kept under a key, unless it is older than `since`."""
        query = "SELECT fingerprint, status, headers, body FROM answers WHERE key = ? AND at >= ?"
        row = self._db.execute(query, (key, since)).fetchone()
        return None if row is None else StoredAnswer(*row)

    def keep_answer(self, key: str, answer: StoredAnswer, *, at: int, at_most: int) -> None:
        """Keep an answer under a key, and of all answers the newest `at_most`."""
        with self._transaction():
            kept = self._db.execute(
                """INSERT OR REPLACE INTO answers (key, fingerprint, at, status, headers, body)
                   VALUES (?, ?, ?, ?, ?, ?)""",
                (key, answer.fingerprint, at, answer.status, answer.headers, answer.body),
            )
            self._db.execute("DELETE FROM answers WHERE seq <= ?", ((kept.lastrowid or 0) - at_most,))

    def _counter(self, key: str) -> int:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return 0 if row is None else int(row[0])

    def _add_transition(self, row: EndpointRow, at: int) -> None:
        self._db.execute("INSERT INTO transitions VALUES (?, ?, ?, ?)", (row.name, at, row.status, row.deploying))

    @contextmanager
    def _transaction(self) -> Generator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _endpoint(row: tuple[str, str, str, str, int, int, str, int, str, int, str | None]) -> EndpointRow:
    name, model, task, status, deploying, was_live, region, created_at, owned_by, protected, failure = row
    return EndpointRow(
        name=name,
        model=model,
        task=task,
        status=status,
        region=region,
        created_at=created_at,
        owned_by=owned_by,
        protected=bool(protected),
        deploying=bool(deploying),
        was_live=bool(was_live),
        failure=failure,
    )
