"""The sandbox's state in SQLite. Each method commits before it returns."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager

from attrs import evolve, fields

from pareta.sandbox import _database
from pareta.sandbox._rows import (
    IDEMPOTENCY_WINDOW_MS,
    BilledCompletion,
    EndpointRow,
    StoredResponse,
    Transition,
    UsageBucket,
)

_SERVED = """
SELECT at - at % :bucket_ms, SUM(price IS NOT NULL), COALESCE(SUM(price), 0), COUNT(latency_ms),
       COALESCE(SUM(prompt_tokens), 0), COALESCE(SUM(completion_tokens), 0), COALESCE(SUM(score), 0.0), SUM(refused)
FROM (
    SELECT at, price, latency_ms, prompt_tokens, completion_tokens, score, 0 AS refused FROM completions
    WHERE endpoint = :endpoint AND at >= :since
    UNION ALL
    SELECT at, NULL, NULL, NULL, NULL, NULL, 1 FROM refusals WHERE endpoint = :endpoint AND at >= :since
)
GROUP BY 1 ORDER BY 1
"""
_COLUMNS = tuple(each.name for each in fields(EndpointRow))
_ENDPOINT = ", ".join(_COLUMNS)
_SELECT_ENDPOINTS = f"SELECT {_ENDPOINT} FROM endpoints"  # noqa: S608 - constant names


class Store:
    """The state that outlives a request, in memory or in a file. It belongs to one thread."""

    def __init__(self, path: str = _database.IN_MEMORY) -> None:
        self._db = _database.connect(path)

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def begin(self, balance: int, endpoints: Iterable[EndpointRow]) -> int:
        """Initialise a new state with balance and endpoints; return how often the state has been opened or reset."""
        with self._transaction():
            begun = self.next_number("begun")
            if begun == 1:
                self.balance = balance
                for row in endpoints:
                    self.add_endpoint(row)
        return begun

    def clear(self) -> None:
        """Delete everything, including the counters."""
        with self._transaction():
            for table in _database.TABLES:
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - constant names
            self._db.execute("DELETE FROM sqlite_sequence")

    def latest(self) -> int:
        """Return the time of the last status change or completion, or 0."""
        query = "SELECT MAX(at) FROM (SELECT MAX(at) AS at FROM transitions UNION ALL SELECT MAX(at) FROM completions)"
        return int(self._db.execute(query).fetchone()[0] or 0)

    @property
    def balance(self) -> int:
        """The organisation's balance, in micro-USD."""
        return self._counter("balance")

    @balance.setter
    def balance(self, micro_usd: int) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('balance', ?)", (micro_usd,))

    def next_number(self, counter: str) -> int:
        """Increment a counter and return it; the first number is 1."""
        query = "INSERT INTO meta VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET value = value + 1 RETURNING value"
        return int(self._db.execute(query, (counter,)).fetchone()[0])

    def endpoints(self) -> list[EndpointRow]:
        """Return every endpoint, oldest first."""
        return [EndpointRow(*row) for row in self._db.execute(f"{_SELECT_ENDPOINTS} ORDER BY created_at, seq")]

    def endpoint(self, name: str) -> EndpointRow | None:
        """Return the endpoint with this name, or None."""
        row = self._db.execute(f"{_SELECT_ENDPOINTS} WHERE name = ?", (name,)).fetchone()
        return None if row is None else EndpointRow(*row)

    def add_endpoint(self, row: EndpointRow, *, effect: str | None = None) -> None:
        """Add an endpoint and its first transition; `effect` identifies the request that created it."""
        added = evolve(row, since=row.created_at)
        with self._transaction():
            query = f"INSERT INTO endpoints ({_ENDPOINT}, effect) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
            self._db.execute(query, (*(getattr(added, each) for each in _COLUMNS), effect))
            self._add_transition(added, row.created_at)

    def deployed(self, effect: str, *, since: int) -> EndpointRow | None:
        """Return the endpoint that the same `effect` created since `since`, or None."""
        query = f"{_SELECT_ENDPOINTS} WHERE effect = ? AND created_at >= ?"
        row = self._db.execute(query, (effect, since)).fetchone()
        return None if row is None else EndpointRow(*row)

    def change_status(
        self, row: EndpointRow, status: str, *, at: int, deploying: bool = False, failure: str | None = None
    ) -> EndpointRow:
        """Change the status of an endpoint, and return the changed endpoint."""
        was_live = row.was_live or status == "live"
        changed = evolve(row, status=status, deploying=deploying, failure=failure, was_live=was_live, since=at)
        with self._transaction():
            self._db.execute(
                "UPDATE endpoints SET status = ?, deploying = ?, failure = ?, was_live = ?, since = ? WHERE name = ?",
                (status, deploying, failure, was_live, at, row.name),
            )
            self._add_transition(changed, at)
        return changed

    def delete_endpoint(self, name: str) -> None:
        """Delete an endpoint with its transitions, completions and refusals; keep the balance."""
        with self._transaction():
            self._db.execute("DELETE FROM endpoints WHERE name = ?", (name,))
            for table in ("transitions", "completions", "refusals"):
                self._db.execute(f"DELETE FROM {table} WHERE endpoint = ?", (name,))  # noqa: S608 - constant names

    def transitions(self, endpoint: str) -> list[Transition]:
        """Return an endpoint's status changes in order."""
        query = "SELECT at, status, deploying FROM transitions WHERE endpoint = ? ORDER BY rowid"
        rows = self._db.execute(query, (endpoint,))
        return [Transition(at, status, bool(deploying)) for at, status, deploying in rows]

    def bill(self, endpoint: str, *, price: int, at: int, effect: str | None = None) -> int | None:
        """Debit and record a completion; return its number, or None if the balance is too low.

        A repetition of the same `effect` is not billed again; it gets the number of the first completion.
        """
        with self._transaction():
            if effect is not None and (billed := self._billed(effect, since=at - IDEMPOTENCY_WINDOW_MS)) is not None:
                return billed
            debit = "UPDATE meta SET value = value - ? WHERE key = 'balance' AND value >= ? AND value > 0"
            if self._db.execute(debit, (price, price)).rowcount == 0:
                return None
            record = "INSERT INTO completions (endpoint, at, price, effect) VALUES (?, ?, ?, ?)"
            return self._db.execute(record, (endpoint, at, price, effect)).lastrowid

    def refund(self, number: int) -> None:
        """Delete a completion and refund its price."""
        with self._transaction():
            taken = self._db.execute("DELETE FROM completions WHERE number = ? RETURNING price", (number,)).fetchone()
            if taken is not None:
                self._db.execute("UPDATE meta SET value = value + ? WHERE key = 'balance'", taken)

    def finish(
        self, number: int, *, prompt_tokens: int, completion_tokens: int, latency_ms: float, score: float
    ) -> None:
        """Record the end of a completion."""
        self._db.execute(
            """UPDATE completions SET prompt_tokens = ?, completion_tokens = ?, latency_ms = ?, score = ?
               WHERE number = ?""",
            (prompt_tokens, completion_tokens, latency_ms, score, number),
        )

    def refuse(self, endpoint: str, *, status: int, at: int) -> None:
        """Record a refused completion."""
        self._db.execute("INSERT INTO refusals VALUES (?, ?, ?)", (endpoint, at, status))

    def served(self, endpoint: str, *, since: int, bucket_ms: int) -> list[UsageBucket]:
        """Return an endpoint's usage since `since`, in periods of `bucket_ms`, oldest first."""
        rows = self._db.execute(_SERVED, {"endpoint": endpoint, "since": since, "bucket_ms": bucket_ms})
        return [UsageBucket(*row) for row in rows]

    def latencies(self, endpoint: str, *, since: int) -> list[float]:
        """Return the latencies of completions since `since`, in milliseconds, sorted."""
        query = """SELECT latency_ms FROM completions
                   WHERE endpoint = ? AND at >= ? AND latency_ms IS NOT NULL ORDER BY latency_ms"""
        return [latency for (latency,) in self._db.execute(query, (endpoint, since))]

    def billed_completions(self, *, at_most: int) -> list[BilledCompletion]:
        """Return the newest completions, oldest first."""
        query = "SELECT number, endpoint, at, price, latency_ms FROM completions ORDER BY number DESC LIMIT ?"
        return [BilledCompletion(*row) for row in reversed(self._db.execute(query, (at_most,)).fetchall())]

    def response(self, key: str, *, since: int) -> StoredResponse | None:
        """Return the response stored for a key since `since`, or None."""
        query = "SELECT fingerprint, status, headers, body FROM answers WHERE key = ? AND at >= ?"
        row = self._db.execute(query, (key, since)).fetchone()
        return None if row is None else StoredResponse(*row)

    def save_response(self, key: str, response: StoredResponse, *, at: int, at_most: int) -> None:
        """Store a response for a key, and keep only the newest `at_most` responses."""
        kept = self._db.execute(
            """INSERT OR REPLACE INTO answers (key, fingerprint, at, status, headers, body)
               VALUES (?, ?, ?, ?, ?, ?)""",
            (key, response.fingerprint, at, response.status, response.headers, response.body),
        ).lastrowid
        # After a crash in between, the next call deletes the surplus.
        if kept is not None and kept > at_most:
            self._db.execute("DELETE FROM answers WHERE seq <= ?", (kept - at_most,))

    def _billed(self, effect: str, *, since: int) -> int | None:
        row = self._db.execute(
            "SELECT number FROM completions WHERE effect = ? AND at >= ?", (effect, since)
        ).fetchone()
        return None if row is None else int(row[0])

    def _counter(self, key: str) -> int:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return 0 if row is None else int(row[0])

    def _add_transition(self, row: EndpointRow, at: int) -> None:
        self._db.execute("INSERT INTO transitions VALUES (?, ?, ?, ?)", (row.name, at, row.status, row.deploying))

    @contextmanager
    def _transaction(self) -> Generator[None]:
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
