"""Every keyword of a schema, of JSON Schema 2020-12 and OpenAPI 3.1: read, harmless, or refused with the reason."""

from __future__ import annotations

READ, HARMLESS = "read", "harmless"

SCHEMA: dict[str, str] = {
    # What the types follow from.
    **dict.fromkeys(("$ref", "type", "enum", "const", "format", "properties", "required", "items"), READ),
    **dict.fromkeys(("additionalProperties", "patternProperties", "prefixItems", "allOf", "anyOf", "oneOf"), READ),
    **dict.fromkeys(("discriminator", "readOnly", "default", "deprecated", "description", "title"), READ),
    **dict.fromkeys(("contentMediaType", "contentEncoding", "contentSchema", "minLength", "minItems"), READ),
    **dict.fromkeys(("maxLength", "maxItems", "minimum", "maximum"), READ),
    # What only narrows values: the server checks it.
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum", "multipleOf", "pattern", "uniqueItems"), HARMLESS),
    **dict.fromkeys(("minProperties", "maxProperties", "propertyNames", "contains", "minContains"), HARMLESS),
    **dict.fromkeys(("maxContains", "dependentRequired", "not", "unevaluatedItems", "writeOnly"), HARMLESS),
    **dict.fromkeys(("unevaluatedProperties", "if", "then", "else", "dependentSchemas"), HARMLESS),
    # What says nothing about values.
    **dict.fromkeys(("$comment", "examples", "example", "externalDocs", "xml", "$defs", "$schema"), HARMLESS),
    **dict.fromkeys(("$id", "$anchor", "$dynamicAnchor", "$vocabulary"), HARMLESS),
    # What would make another type of it.
    "$dynamicRef": "a type that depends on who refers to it cannot be generated; use `$ref`",
    "$recursiveRef": "it was replaced in 2020-12; use `$ref`",
    "$recursiveAnchor": "it was replaced in 2020-12; use `$ref`",
    "definitions": "it was replaced in 2019-09; move the schemas into `components`",
    "dependencies": "it was replaced in 2019-09; use `dependentRequired` or `dependentSchemas`",
    "additionalItems": "it was replaced in 2020-12; use `items` beside `prefixItems`",
    "nullable": "`nullable` is OpenAPI 3.0 and has no effect in 3.1; write `type: [..., 'null']`",
}
"""The keywords of a schema. One that is not here is no keyword, and refused as a slip."""


EXTENSIONS = {
    **dict.fromkeys(("x-pagination", "x-polling", "x-stream-field"), "operation"),
    **dict.fromkeys(("x-accepts", "x-name", "x-representation", "x-send-default", "x-terminal"), "schema"),
    **dict.fromkeys(("x-import", "x-skipped"), "document"),
}
"""The extensions that are read, and of what. `x-name` is read of parameters, too; any other extension is harmless."""


def refusal(keyword: str) -> str:
    """Return why a keyword is refused; empty if it is read or harmless."""
    found = SCHEMA.get(keyword, "")
    return "" if found in (READ, HARMLESS) else found
