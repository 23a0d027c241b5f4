"""The SQL schema of the state, and opening a database with it; no queries."""

import sqlite3

IN_MEMORY = ":memory:"
TABLES = ("endpoints", "transitions", "completions", "refusals", "answers", "meta")

# Identify a sandbox's state file and the version of its schema.
_APPLICATION = 0x50415245
_VERSION = 1
_TABLES = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
    """CREATE TABLE endpoints (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE, model TEXT NOT NULL, task TEXT NOT NULL, status TEXT NOT NULL,
        deploying INTEGER NOT NULL, was_live INTEGER NOT NULL, region TEXT NOT NULL, created_at INTEGER NOT NULL,
        owned_by TEXT NOT NULL, protected INTEGER NOT NULL, failure TEXT, fails TEXT,
        since INTEGER NOT NULL, effect TEXT
    )""",
    "CREATE INDEX endpoints_by ON endpoints (effect) WHERE effect IS NOT NULL",
    """CREATE TABLE transitions (
        endpoint TEXT NOT NULL, at INTEGER NOT NULL, status TEXT NOT NULL, deploying INTEGER NOT NULL
    )""",
    "CREATE INDEX transitions_of ON transitions (endpoint)",
    """CREATE TABLE completions (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        endpoint TEXT NOT NULL, at INTEGER NOT NULL, price INTEGER NOT NULL, effect TEXT,
        prompt_tokens INTEGER, completion_tokens INTEGER, latency_ms REAL, score REAL
    )""",
    "CREATE INDEX completions_of ON completions (endpoint, at)",
    "CREATE INDEX completions_by ON completions (effect) WHERE effect IS NOT NULL",
    "CREATE TABLE refusals (endpoint TEXT NOT NULL, at INTEGER NOT NULL, status INTEGER NOT NULL)",
    "CREATE INDEX refusals_of ON refusals (endpoint, at)",
    """CREATE TABLE answers (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL, at INTEGER NOT NULL,
        status INTEGER NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL
    )""",
)


class StateError(OSError):
    """The state file cannot be used; the message says why."""


def connect(path: str) -> sqlite3.Connection:
    """Open a database and create the tables if it is new, or raise StateError.

    The process locks the file until it closes it. With the write-ahead log, a crash of the process loses no commit; a
    power failure can lose the last commits, but does not corrupt the file.
    """
    try:
        db = sqlite3.connect(path, isolation_level=None, timeout=0)
    except sqlite3.Error as error:
        raise StateError(f"{path} cannot be opened: {error}") from error
    try:
        _prepare(db)
    except sqlite3.Error as error:
        db.close()
        raise StateError(f"{path} cannot be used: {_reason(error)}.") from error
    except BaseException:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
    found = _pragma(db, "application_id"), _pragma(db, "user_version")
    is_new = found == (0, 0) and _pragma(db, "schema_version") == 0
    if not is_new and found != (_APPLICATION, _VERSION):
        raise StateError("The state file belongs to another program or to another version of the sandbox.")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("BEGIN EXCLUSIVE")
    if is_new:
        for statement in _TABLES:
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {_APPLICATION}")
        db.execute(f"PRAGMA user_version = {_VERSION}")
    db.execute("COMMIT")


def _pragma(db: sqlite3.Connection, name: str) -> int:
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])


def _reason(error: sqlite3.Error) -> str:
    return "another sandbox has it open" if "locked" in str(error) else str(error)
