"""Every kind of change, what it does to code that works today, and why."""

from __future__ import annotations

from typing import Literal

import attrs

Level = Literal["breaking", "risky", "safe"]
Bump = Literal["major", "minor", "patch"]


@attrs.frozen
class Kind:
    """A kind of change."""

    level: Level
    why: str
    bump: Bump = "patch"


def _breaking(why: str) -> Kind:
    return Kind("breaking", why, "major")


def _risky(why: str) -> Kind:
    return Kind("risky", why, "minor")


def _added(why: str) -> Kind:
    return Kind("safe", why, "minor")


def _safe(why: str) -> Kind:
    return Kind("safe", why)


KINDS: dict[str, Kind] = {
    # The document.
    "server-changed": _risky("clients with a base URL of their own do not follow"),
    "security-scheme-added": _added("nobody has to use it"),
    "security-scheme-removed": _breaking("clients authenticate by it"),
    "security-scheme-changed": _breaking("clients authenticate otherwise"),
    # Operations.
    "operation-added": _added("a function more"),
    "operation-removed": _breaking("its function is gone"),
    "operation-renamed": _breaking("its function has another name"),
    "operation-moved": _breaking("released clients call the old path"),
    "operation-method-changed": _breaking("released clients send the old method"),
    "operation-deprecated": _risky("calls warn"),
    "operation-undeprecated": _safe("calls no longer warn"),
    "operation-described": _safe("its docstring differs"),
    "operation-tag-changed": _safe("it is listed elsewhere"),
    "operation-server-changed": _breaking("released clients call the old server"),
    "operation-security-added": _breaking("calls without credentials are refused"),
    "operation-security-removed": _safe("credentials are no longer needed"),
    "operation-security-changed": _risky("other credentials are needed"),
    "pagination-added": _added("an iterator over all pages more"),
    "pagination-removed": _breaking("the iterator over all pages is gone"),
    "pagination-changed": _risky("released clients look for the next page elsewhere"),
    "polling-added": _added("a method more, which waits for the work"),
    "polling-removed": _breaking("the method that waits for the work is gone"),
    "polling-changed": _risky("released clients look for the state of the work as before"),
    # Parameters.
    "parameter-added": _added("a keyword more"),
    "parameter-required-added": _breaking("calls without it fail"),
    "parameter-removed": _breaking("its keyword is gone"),
    "parameter-made-required": _breaking("calls without it fail"),
    "parameter-made-optional": _safe("it can be left out"),
    "parameter-moved": _breaking("released clients send it elsewhere"),
    "parameter-renamed-in-python": _breaking("its keyword has another name"),
    "parameter-reordered": _breaking("path parameters are positional"),
    "parameter-style-changed": _breaking("released clients write it otherwise"),
    "parameter-deprecated": _risky("it will go"),
    "parameter-described": _safe("the docstring differs"),
    # Request bodies.
    "body-added": _added("its fields can be sent"),
    "body-required-added": _breaking("calls without it fail"),
    "body-removed": _breaking("its fields are gone"),
    "body-made-required": _breaking("calls without it fail"),
    "body-made-optional": _safe("it can be left out"),
    "body-arguments-changed": _breaking("its fields are keywords, or no longer"),
    "body-media-added": _safe("another form is accepted"),
    "body-media-removed": _risky("a form is no longer accepted"),
    "body-media-changed": _breaking("released clients send the old form"),
    # What is sent.
    "request-field-added": _added("a keyword or key more"),
    "request-field-required-added": _breaking("requests without it fail"),
    "request-field-removed": _breaking("its keyword or key is gone"),
    "request-field-made-required": _breaking("requests without it fail"),
    "request-field-made-optional": _safe("it can be left out"),
    "request-field-made-read-only": _breaking("its keyword or key is gone"),
    "request-field-renamed-in-python": _breaking("its keyword has another name"),
    "request-type-changed": _breaking("values of the old type are refused"),
    "request-type-narrowed": _breaking("some values are refused"),
    "request-type-widened": _safe("more values are accepted"),
    "request-null-added": _safe("null is accepted"),
    "request-null-removed": _breaking("null is refused"),
    "request-value-added": _added("another value is accepted"),
    "request-value-removed": _breaking("a value is refused"),
    "request-bound-tightened": _breaking("some values are refused"),
    "request-bound-loosened": _safe("more values are accepted"),
    "request-pattern-changed": _risky("some values may be refused"),
    "request-format-changed": _risky("some values may be refused"),
    "request-default-changed": _risky("what is left out means something else"),
    "request-send-default-changed": _risky("what is left out is sent, or no longer"),
    "request-closed": _breaking("undeclared fields are refused"),
    "request-opened": _added("undeclared fields are accepted"),
    "request-alternative-added": _added("another alternative is accepted"),
    "request-alternative-removed": _breaking("an alternative is refused"),
    "request-deprecated": _risky("it will go"),
    "request-class-renamed": _breaking("its TypedDict has another name"),
    # What is received.
    "status-added": _risky("another successful answer comes"),
    "status-removed": _breaking("the answer that code reads no longer comes"),
    "error-status-added": _risky("another exception is raised"),
    "error-status-removed": _safe("an exception is no longer raised"),
    "answer-media-added": _safe("another form can be asked for"),
    "answer-media-removed": _risky("a form can no longer be asked for"),
    "answer-media-changed": _breaking("the result has another type"),
    "answer-header-added": _safe("another header comes"),
    "answer-header-removed": _risky("code that reads it finds None"),
    "answer-field-added": _added("a property more"),
    "answer-field-removed": _breaking("its property is gone"),
    "answer-field-made-optional": _risky("it can be None"),
    "answer-field-made-required": _safe("it is always there"),
    "answer-field-renamed-in-python": _breaking("its property has another name"),
    "answer-type-changed": _breaking("the property has another type"),
    "answer-type-narrowed": _safe("fewer types come"),
    "answer-type-widened": _breaking("values of another type come, which read as None or raise"),
    "answer-null-added": _risky("it can be None"),
    "answer-null-removed": _safe("it is no longer None"),
    "answer-value-added": _safe("enums of answers are open"),
    "answer-value-removed": _safe("enums of answers are open"),
    "answer-constant-changed": _risky("code that compares it no longer matches"),
    "answer-bound-changed": _safe("answers are not checked"),
    "answer-format-changed": _breaking("the property has another type"),
    "answer-alternative-added": _added("unions of objects are open"),
    "answer-alternative-removed": _safe("it no longer comes; a class that goes with it is a change of its own"),
    "answer-deprecated": _risky("it will go"),
    "answer-class-renamed": _breaking("its class has another name"),
    "answer-representation-changed": _breaking("it is a dict now, or no longer"),
    "answer-described": _safe("the docstring differs"),
    "class-removed": _breaking("imports and isinstance fail"),
    # Streams.
    "stream-added": _risky("the function can return a stream"),
    "stream-removed": _breaking("the function no longer returns a stream"),
    "stream-selector-changed": _breaking("another argument selects the stream"),
    "stream-media-changed": _breaking("released clients ask for the old form"),
    "event-added": _added("loops meet an event that they do not know"),
    "event-removed": _breaking("loops wait for an event that never comes"),
    "event-payload-changed": _breaking("the event has another class"),
    "event-made-terminal": _breaking("the stream ends earlier"),
    "event-no-longer-terminal": _breaking("the stream goes on"),
    "stream-end-changed": _breaking("released clients wait for the old end"),
    # Webhooks.
    "webhook-added": _added("another kind of event can come"),
    "webhook-removed": _breaking("code waits for an event that never comes"),
    # The Python API, by griffe.
    "python-removed": _breaking("imports or attributes fail"),
    "python-parameter-removed": _breaking("calls with it fail"),
    "python-parameter-required-added": _breaking("calls without it fail"),
    "python-parameter-moved": _breaking("positional calls mean something else"),
    "python-parameter-kind-changed": _breaking("calls by position or keyword fail"),
    "python-parameter-made-required": _breaking("calls without it fail"),
    "python-default-changed": _risky("what is left out means something else"),
    "python-kind-changed": _breaking("it is used in another way"),
    "python-return-changed": _breaking("the result has another type"),
    "python-base-removed": _breaking("except and isinstance no longer match"),
}


def highest(bumps: list[Bump]) -> Bump:
    """Return the highest of several bumps; patch if there is none."""
    return "major" if "major" in bumps else "minor" if "minor" in bumps else "patch"


def demanded(version: str, bump: Bump) -> str:
    """Return the lowest version after `version` that a bump allows. Before 1.0, what breaks raises the minor."""
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    if major == 0:
        return f"0.{minor + 1}.0" if bump == "major" else f"0.{minor}.{patch + 1}"
    if bump == "major":
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if bump == "minor" else f"{major}.{minor}.{patch + 1}"
