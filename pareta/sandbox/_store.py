"""The sandbox's state, in SQLite; what a method did is committed when it returns, and survives the process's end."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager

from attrs import evolve, fields

from pareta.sandbox import _schema
from pareta.sandbox._rows import KEPT, Charge, EndpointRow, Served, StoredAnswer, Transition

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
_COLUMNS = tuple(each.name for each in fields(EndpointRow))
_ENDPOINT = ", ".join(_COLUMNS)


class Store:
    """All state that outlives a request, in memory or in a file. One thread uses it."""

    def __init__(self, path: str = _schema.IN_MEMORY) -> None:
        self._db = _schema.connect(path)

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def begin(self, balance: int, endpoints: Iterable[EndpointRow]) -> int:
        """Give a new state its balance and endpoints, and return how many times the state was begun with."""
        with self._transaction():
            begun = self.next_number("begun")
            if begun == 1:
                self.balance = balance
                for row in endpoints:
                    self.add_endpoint(row)
        return begun

    def clear(self) -> None:
        """Forget everything, the counters too."""
        with self._transaction():
            for table in _schema.TABLES:
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - the names are ours.
            self._db.execute("DELETE FROM sqlite_sequence")

    def latest(self) -> int:
        """Return the last instant at which anything is known to have happened; 0 where nothing did."""
        query = "SELECT MAX(at) FROM (SELECT MAX(at) AS at FROM transitions UNION ALL SELECT MAX(at) FROM completions)"
        return int(self._db.execute(query).fetchone()[0] or 0)

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
        return [EndpointRow(*row) for row in self._db.execute(query)]

    def endpoint(self, name: str) -> EndpointRow | None:
        """Return the endpoint of this name, if there is one."""
        query = f"SELECT {_ENDPOINT} FROM endpoints WHERE name = ?"  # noqa: S608 - the names are ours.
        row = self._db.execute(query, (name,)).fetchone()
        return None if row is None else EndpointRow(*row)

    def add_endpoint(self, row: EndpointRow, *, effect: str | None = None) -> None:
        """Add an endpoint, and what request it is the effect of; its first transition is at its creation."""
        added = evolve(row, since=row.created_at)
        with self._transaction():
            query = f"INSERT INTO endpoints ({_ENDPOINT}, effect) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
            self._db.execute(query, (*(getattr(added, each) for each in _COLUMNS), effect))
            self._add_transition(added, row.created_at)

    def deployed(self, effect: str, *, since: int) -> EndpointRow | None:
        """Return the endpoint that a request has deployed before, unless that was before `since`."""
        query = f"SELECT {_ENDPOINT} FROM endpoints WHERE effect = ? AND created_at >= ?"  # noqa: S608 - as above.
        row = self._db.execute(query, (effect, since)).fetchone()
        return None if row is None else EndpointRow(*row)

    def change_status(
        self, row: EndpointRow, status: str, *, at: int, deploying: bool = False, failure: str | None = None
    ) -> EndpointRow:
        """Bring an endpoint into a status, and return it as it is then."""
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

    def bill(self, endpoint: str, *, price: int, at: int, effect: str | None = None) -> int | None:
        """Debit a completion and record it, both or neither; return its number, None where the balance is short.

        What was billed for the same effect is not billed again: the number is that of the first time.
        """
        with self._transaction():
            if effect is not None and (billed := self._billed(effect, since=at - KEPT)) is not None:
                return billed
            debit = "UPDATE meta SET value = value - ? WHERE key = 'balance' AND value >= ? AND value > 0"
            if self._db.execute(debit, (price, price)).rowcount == 0:
                return None
            record = "INSERT INTO completions (endpoint, at, price, effect) VALUES (?, ?, ?, ?)"
            return self._db.execute(record, (endpoint, at, price, effect)).lastrowid

    def refund(self, number: int) -> None:
        """Take a completion back that came to nothing."""
        with self._transaction():
            taken = self._db.execute("DELETE FROM completions WHERE number = ? RETURNING price", (number,)).fetchone()
            if taken is not None:
                self._db.execute("UPDATE meta SET value = value + ? WHERE key = 'balance'", taken)

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

    def charges(self, *, at_most: int) -> list[Charge]:
        """Return the newest completions, oldest first."""
        query = "SELECT number, endpoint, at, price, latency_ms FROM completions ORDER BY number DESC LIMIT ?"
        return [Charge(*row) for row in reversed(self._db.execute(query, (at_most,)).fetchall())]

    def answer(self, key: str, *, since: int) -> StoredAnswer | None:
        """Return the answer that is kept under a key, unless it is older than `since`."""
        query = "SELECT fingerprint, status, headers, body FROM answers WHERE key = ? AND at >= ?"
        row = self._db.execute(query, (key, since)).fetchone()
        return None if row is None else StoredAnswer(*row)

    def keep_answer(self, key: str, answer: StoredAnswer, *, at: int, at_most: int) -> None:
        """Keep an answer under a key, and of all answers the newest `at_most`."""
        kept = self._db.execute(
            """INSERT OR REPLACE INTO answers (key, fingerprint, at, status, headers, body)
               VALUES (?, ?, ?, ?, ?, ?)""",
            (key, answer.fingerprint, at, answer.status, answer.headers, answer.body),
        ).lastrowid
        # What an end of the process leaves in between, the next answer takes away.
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
