"""A document, and edits of it: of each the kind, that of its reverse, and the text before and after."""

# ruff: noqa: E501  # A table of edits, one a line.

from __future__ import annotations

BASE = """\
openapi: 3.1.0
info: {title: T, version: '1'}
servers: [{url: 'https://one.test'}]
security: [{key: []}]
paths:
  /things/{a}/{b}:
    get:
      operationId: read_thing
      summary: Read
      tags: [one]
      parameters:
        - {name: a, in: path, required: true, schema: {type: string}}
        - {name: b, in: path, required: true, schema: {type: string}}
        - {name: limit, in: query, description: L., schema: {type: integer, minimum: 1, maximum: 9, default: 5}}
        - {name: sort, in: query, schema: {type: string, enum: [up, down]}}
        - {name: must, in: query, required: true, schema: {type: string, pattern: a}}
        - {name: X-Trace, in: header, schema: {type: string}}
        - {name: ids, in: query, explode: true, schema: {type: array, items: {type: integer}}}
      responses:
        '200':
          description: ok
          headers: {x-one: {schema: {type: string}}}
          content:
            application/json: {schema: {$ref: '#/components/schemas/Thing'}}
        '404': {description: none}
        '4XX': {description: p, content: {application/problem+json: {schema: {$ref: '#/components/schemas/Problem'}}}}
  /things:
    post:
      operationId: create_thing
      x-stream-field: stream
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: '#/components/schemas/NewThing'}}
      responses:
        '200':
          description: ok
          content:
            application/json: {schema: {$ref: '#/components/schemas/Thing'}}
            text/event-stream: {schema: {oneOf: [{$ref: '#/components/schemas/More'}, {$ref: '#/components/schemas/Last'}, {$ref: '#/components/schemas/Done'}]}}
  /upload:
    put:
      operationId: upload
      requestBody: {content: {application/json: {schema: {type: object, properties: {u: {type: string}}}}}}
      responses: {'204': {description: ok}}
  /pages:
    get:
      operationId: pages
      x-pagination: {style: offset, parameter: offset, items: data}
      parameters: [{name: offset, in: query, schema: {type: integer}}]
      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Page'}}}}}
  /plain:
    get: {operationId: plain, responses: {'204': {description: ok}}}
  /jobs:
    post:
      operationId: start_job
      x-polling: {operation: read_job, parameter: job, id: id, state: state, done: [done]}
      responses: {'201': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Job'}}}}}
  /jobs/{job}:
    get:
      operationId: read_job
      parameters: [{name: job, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Job'}}}}}
  /jobs/{job}/log:
    get:
      operationId: follow_job
      parameters: [{name: job, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: ok, content: {application/jsonl: {schema: {$ref: '#/components/schemas/Job'}}}}}
webhooks:
  sent:
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Sent'}}}}
      responses: {'204': {description: ok}}
components:
  securitySchemes: {key: {type: http, scheme: bearer}}
  schemas:
    Thing:
      type: object
      required: [id, owner]
      properties:
        id: {type: string, description: Its id.}
        size: {type: integer, minimum: 1}
        born: {type: string}
        state: {type: string, enum: [on, off]}
        mark: {const: m}
        owner: {$ref: '#/components/schemas/Owner'}
        pet: {oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}, {$ref: '#/components/schemas/Fish'}]}
        best: {$ref: '#/components/schemas/Owner'}
        loose: {}
        tags: {type: array, items: {type: string}}
        extra: {type: string}
        open: {type: object, additionalProperties: {type: integer}}
    Owner: {type: object, properties: {name: {type: string}}}
    Cat: {type: object, properties: {lives: {type: integer}}}
    Dog: {type: object, properties: {legs: {type: integer}}}
    Fish: {type: object, properties: {fins: {type: integer}}}
    Bird: {type: object, properties: {wings: {type: integer}}}
    NewThing:
      type: object
      required: [name]
      properties:
        name: {type: string, minLength: 1, maxLength: 9}
        stream: {type: boolean}
        live: {type: boolean}
        wide: {type: boolean}
        kind: {type: string, enum: [x, y]}
        note: {type: string, pattern: a}
        when: {type: string, format: date}
        rate: {type: integer, default: 1}
        part: {$ref: '#/components/schemas/Part'}
        either: {oneOf: [{$ref: '#/components/schemas/Part'}, {$ref: '#/components/schemas/Other'}]}
        old: {type: string}
    Page: {type: object, properties: {data: {type: array, items: {type: string}}, total: {type: integer}}}
    Problem: {type: object, properties: {title: {type: string}}}
    Job: {type: object, properties: {id: {type: string}, state: {type: string}}}
    Sent: {type: object, properties: {type: {const: sent}}}
    Part: {type: object, properties: {p: {type: string}}}
    Other: {type: object, properties: {o: {type: string}}}
    More: {type: object, properties: {event: {const: more}, data: {type: string, contentMediaType: application/json, contentSchema: {$ref: '#/components/schemas/Cat'}}}}
    Last: {type: object, x-terminal: true, properties: {event: {const: last}, data: {type: string, contentMediaType: application/json, contentSchema: {$ref: '#/components/schemas/Dog'}}}}
    Done: {type: object, properties: {data: {const: '[DONE]'}}}
"""

EDITS = [
    ("server-changed", "server-changed", "https://one.test", "https://two.test"),
    ("security-scheme-added", "security-scheme-removed", "scheme: bearer}}", "scheme: bearer}, o: {type: openIdConnect, openIdConnectUrl: 'https://a.test'}}"),
    ("security-scheme-changed", "security-scheme-changed", "scheme: bearer", "scheme: basic"),
    ("operation-added", "operation-removed", "  /plain:\n", "  /more: {get: {operationId: more, responses: {'204': {description: ok}}}}\n  /plain:\n"),
    ("operation-renamed", "operation-renamed", "operationId: plain", "operationId: simple"),
    ("operation-moved", "operation-moved", "/plain:", "/plainer:"),
    ("operation-method-changed", "operation-method-changed", "    put:\n", "    patch:\n"),
    ("operation-deprecated", "operation-undeprecated", "operationId: plain", "operationId: plain, deprecated: true"),
    ("operation-described", "operation-described", "summary: Read", "summary: Reads"),
    ("operation-tag-changed", "operation-tag-changed", "tags: [one]", "tags: [two]"),
    ("operation-server-changed", "operation-server-changed", "  /plain:\n", "  /plain:\n    servers: [{url: 'https://p.test'}]\n"),
    ("operation-security-removed", "operation-security-added", "operationId: upload", "operationId: upload\n      security: []"),
    ("operation-security-changed", "operation-security-changed", "      x-stream", "      security: [{key: [a]}]\n      x-stream"),
    ("pagination-added", "pagination-removed", "      summary: Read\n", "      summary: Read\n      x-pagination: {style: offset, parameter: limit, items: tags}\n"),
    ("pagination-changed", "pagination-changed", "items: data}", "items: data, total: total}"),
    ("polling-removed", "polling-added", "      x-polling: {operation: read_job, parameter: job, id: id, state: state, done: [done]}\n", ""),
    ("polling-changed", "polling-changed", "done: [done]", "done: [done, over]"),
    ("parameter-added", "parameter-removed", "        - {name: sort", "        - {name: q, in: query, schema: {}}\n        - {name: sort"),
    ("parameter-required-added", "parameter-removed", "        - {name: X-T", "        - {name: r, in: query, required: true, schema: {}}\n        - {name: X-T"),
    ("parameter-made-optional", "parameter-made-required", "{name: must, in: query, required: true,", "{name: must, in: query,"),
    ("parameter-moved", "parameter-moved", "{name: X-Trace, in: header", "{name: X-Trace, in: query"),
    ("parameter-renamed-in-python", "parameter-renamed-in-python", "{name: sort,", "{name: sort, x-name: order,"),
    ("parameter-reordered", "parameter-reordered", "/things/{a}/{b}:", "/things/{b}/{a}:"),
    ("parameter-style-changed", "parameter-style-changed", "explode: true", "explode: false"),
    ("parameter-deprecated", None, "{name: X-Trace,", "{name: X-Trace, deprecated: true,"),
    ("parameter-described", "parameter-described", "description: L.", "description: Limit."),
    ("body-removed", "body-added", "      requestBody: {content: {application/json: {schema: {type: object, properties: {u: {type: string}}}}}}\n", ""),
    ("body-made-required", "body-made-optional", "requestBody: {content: {app", "requestBody: {required: true, content: {app"),
    ("body-media-added", "body-media-removed", "          application/json: {schema: {$ref: '#/components/schemas/NewThing'}}", "          application/json: {schema: {$ref: '#/components/schemas/NewThing'}}\n          text/csv: {}"),
    ("body-media-changed", "body-media-changed", "{application/json: {schema: {type: object, properties: {u", "{multipart/form-data: {schema: {type: object, properties: {u"),
    ("request-field-added", "request-field-removed", "        old: {type: string}\n", "        old: {type: string}\n        new: {type: string}\n"),
    ("request-field-required-added", "request-field-removed", "required: [name]\n      properties:\n", "required: [name, need]\n      properties:\n        need: {type: string}\n"),
    ("request-field-made-optional", "request-field-made-required", "      required: [name]\n", ""),
    ("request-field-made-read-only", "request-field-added", "old: {type: string}", "old: {type: string, readOnly: true}"),
    ("request-field-renamed-in-python", "request-field-renamed-in-python", "note: {type", "note: {x-name: remark, type"),
    ("request-type-changed", "request-type-changed", "items: {type: integer}", "items: {type: string}"),
    ("request-type-widened", "request-type-narrowed", "wide: {type: boolean}", "wide: {type: [boolean, string]}"),
    ("request-null-added", "request-null-removed", "when: {type: string", "when: {type: [string, 'null']"),
    ("request-value-added", "request-value-removed", "enum: [x, y]", "enum: [x, y, z]"),
    ("request-bound-tightened", "request-bound-loosened", "minLength: 1", "minLength: 2"),
    ("request-bound-loosened", "request-bound-tightened", "maximum: 9", "maximum: 10"),
    ("request-pattern-changed", "request-pattern-changed", "note: {type: string, pattern: a", "note: {type: string, pattern: b"),
    ("request-format-changed", "request-format-changed", "format: date", "format: time"),
    ("request-default-changed", "request-default-changed", "default: 1", "default: 2"),
    ("request-send-default-changed", "request-send-default-changed", "default: 1", "x-send-default: true, default: 1"),
    ("request-opened", "request-closed", "    NewThing:\n      type: object\n", "    NewThing:\n      type: object\n      additionalProperties: true\n"),
    ("request-alternative-added", "request-alternative-removed", "oneOf: [{$ref: '#/components/schemas/Part'}, {$ref: '#/components/schemas/Other'}]", "oneOf: [{$ref: '#/components/schemas/Part'}, {type: array}, {$ref: '#/components/schemas/Other'}]"),
    ("request-deprecated", None, "old: {type: string}", "old: {type: string, deprecated: true}"),
    ("request-class-renamed", "request-class-renamed", "part: {$ref: '#/components/schemas/Part'}", "part: {$ref: '#/components/schemas/Part2'}"),
    ("status-added", "status-removed", "      responses: {'204': {description: ok}}\n", "      responses: {'204': {description: ok}, '201': {description: ok}}\n"),
    ("error-status-added", "error-status-removed", "        '404': {description: none}\n", "        '404': {description: none}\n        '409': {description: c}\n"),
    ("answer-media-added", "answer-media-removed", "            application/json: {schema: {$ref: '#/components/schemas/Thing'}}\n        '404'", "            application/json: {schema: {$ref: '#/components/schemas/Thing'}}\n            text/csv: {}\n        '404'"),
    ("answer-media-changed", "answer-media-changed", "operationId: plain, responses: {'204': {description: ok}}", "operationId: plain, responses: {'204': {description: ok, content: {text/plain: {}}}}"),
    ("answer-header-added", "answer-header-removed", "headers: {x-one", "headers: {x-two: {schema: {}}, x-one"),
    ("answer-field-added", "answer-field-removed", "        tags: {type", "        news: {type: string}\n        tags: {type"),
    ("answer-field-added", "answer-field-removed", "Problem: {type: object, properties: {", "Problem: {type: object, properties: {more: {type: string}, "),
    ("answer-field-made-optional", "answer-field-made-required", "required: [id, owner]", "required: [id]"),
    ("answer-field-renamed-in-python", "answer-field-renamed-in-python", "extra: {type", "extra: {x-name: more, type"),
    ("answer-type-changed", "answer-type-changed", "size: {type: integer, minimum: 1}", "size: {type: boolean}"),
    ("answer-type-widened", "answer-type-narrowed", "extra: {type: string}", "extra: {type: [string, boolean]}"),
    ("answer-null-added", "answer-null-removed", "born: {type: string}", "born: {type: [string, 'null']}"),
    ("answer-value-added", "answer-value-removed", "enum: [on, off]", "enum: [on, off, odd]"),
    ("answer-constant-changed", "answer-constant-changed", "mark: {const: m}", "mark: {const: n}"),
    ("answer-bound-changed", "answer-bound-changed", "size: {type: integer, minimum: 1}", "size: {type: integer, minimum: 2}"),
    ("answer-format-changed", "answer-format-changed", "born: {type: string}", "born: {type: string, format: date-time}"),
    ("answer-alternative-added", "answer-alternative-removed", "pet: {oneOf: [", "pet: {oneOf: [{$ref: '#/components/schemas/Owner'}, "),
    ("class-removed", "answer-alternative-added", ", {$ref: '#/components/schemas/Fish'}", ""),
    ("answer-type-widened", "class-removed", "best: {$ref: '#/components/schemas/Owner'}", "best: {oneOf: [{$ref: '#/components/schemas/Owner'}, {$ref: '#/components/schemas/Bird'}]}"),
    ("answer-type-changed", "answer-type-widened", "loose: {}", "loose: {type: string, format: date-time}"),
    ("answer-type-narrowed", "answer-type-widened", "loose: {}", "loose: {type: string}"),
    ("answer-deprecated", None, "extra: {type: string}", "extra: {type: string, deprecated: true}"),
    ("answer-class-renamed", "answer-class-renamed", "owner: {$ref: '#/components/schemas/Owner'}", "owner: {$ref: '#/components/schemas/Owner2'}"),
    ("answer-representation-changed", "answer-representation-changed", "    Owner: {type: object,", "    Owner: {x-representation: mapping, type: object,"),
    ("answer-described", "answer-described", "description: Its id.", "description: Its name."),
    ("stream-selector-changed", "stream-selector-changed", "x-stream-field: stream", "x-stream-field: live"),
    ("event-removed", "event-added", "{oneOf: [{$ref: '#/components/schemas/More'}, ", "{oneOf: ["),
    ("event-payload-changed", "event-payload-changed", "contentSchema: {$ref: '#/components/schemas/Dog'}", "contentSchema: {$ref: '#/components/schemas/Bird'}"),
    ("event-no-longer-terminal", "event-made-terminal", "x-terminal: true, ", ""),
    ("webhook-added", "webhook-removed", "  sent:\n", "  gone: {post: {requestBody: {content: {application/json: {}}}, responses: {}}}\n  sent:\n"),
    ("answer-field-added", "answer-field-removed", "{type: {const: sent}}", "{type: {const: sent}, at: {type: string}}"),
    ("stream-media-changed", "stream-media-changed", "application/jsonl: {", "application/x-ndjson: {"),
    ("stream-end-changed", "stream-end-changed", ", {$ref: '#/components/schemas/Done'}]", "]"),
]  # fmt: skip
EXTRA = {
    "request-class-renamed": ("    Part: {", "    Part2: {type: object, properties: {p: {type: string}}}\n    Part: {"),
    "answer-class-renamed": (
        "    Owner: {",
        "    Owner2: {type: object, properties: {name: {type: string}}}\n    Owner: {",
    ),
}
# A change that is two: the class of a payload, and the fields of the classes; a class that goes with an alternative.
ALSO = {
    "event-payload-changed": {"answer-class-renamed", "answer-field-added", "answer-field-removed"},
    "class-removed": {"answer-alternative-removed"},
}
CORE = BASE.replace("    Part: {", EXTRA["request-class-renamed"][1]).replace(
    "    Owner: {", EXTRA["answer-class-renamed"][1]
)


def edited(*edits: tuple[str, str | None, str, str], text: str = CORE) -> str:
    """Return the document with edits applied."""
    for _, _, old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text
