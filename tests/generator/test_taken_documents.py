"""What OpenAPI allows beyond objects in JSON, as calls and as results: parameters, bodies, answers, unions."""

from __future__ import annotations

import importlib
import io
import itertools
import sys
from types import ModuleType
from typing import Any

import pytest
from generator_kit import Generate

HEAD = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\nservers: [{url: 'https://a.test/v1'}]\nsecurity: [{key: []}]\n"
TAIL = """
components:
  securitySchemes: {key: {type: http, scheme: bearer}, other: {type: http, scheme: bearer}}
  schemas:
    Cat: {type: object, required: [kind, lives], properties: {kind: {const: cat}, lives: {type: integer}}}
    Dog: {type: object, required: [kind], properties: {kind: {const: dog}, name: {type: string}}}
    Bird: {type: object, required: [wings], properties: {wings: {type: integer}, name: {type: string}}}
    Fish: {type: object, required: [fins], properties: {fins: {type: integer}, name: {type: string}}}
    Pet:
      oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
      discriminator: {propertyName: kind}
    Wild: {anyOf: [{$ref: '#/components/schemas/Bird'}, {$ref: '#/components/schemas/Fish'}]}
"""
COUNT = itertools.count()


@pytest.fixture
def made(generate: Generate) -> Any:
    """Generate one operation, `op`, of its YAML in flow style; return its module `api`."""

    def make(operation: str, path: str = "/x", method: str = "get") -> ModuleType:
        name = f"taken{next(COUNT)}"
        if "responses" not in operation:
            operation += ", responses: {'204': {description: ok}}"
        text = f"{HEAD}paths:\n  {path}:\n    {method}: {{operationId: op, {operation}}}\n{TAIL}"
        run = generate(text, name=name)
        assert (run.code, run.err) == (0, "")
        sys.path.insert(0, str(run.package.parent))
        try:
            return importlib.import_module(f"{name}.api")
        finally:
            sys.path.remove(str(run.package.parent))

    return make


ARRAY, OBJECT = "schema: {type: array, items: {type: string}}", "schema: {type: object, properties: {a: {}, b: {}}}"
QUERIES = [
    (f"explode: false, {ARRAY}", ["x", "y"], (("q", "x,y"),)),
    (f"style: spaceDelimited, explode: false, {ARRAY}", ["x", "y"], (("q", "x y"),)),
    (f"style: pipeDelimited, explode: false, {ARRAY}", ["x", "y"], (("q", "x|y"),)),
    (f"explode: false, {OBJECT}", {"a": 1, "b": True}, (("q", "a,1,b,true"),)),
    (OBJECT, {"a": 1, "b": "z"}, (("a", "1"), ("b", "z"))),
    (
        f"style: deepObject, {OBJECT}",
        {"a": {"c": 1}, "b": [1, 2]},
        (("q[a][c]", "1"), ("q[b][]", "1"), ("q[b][]", "2")),
    ),
    ("content: {application/json: {schema: {type: object}}}", {"a": [1]}, (("q", '{"a":[1]}'),)),
    ("schema: {type: [integer, string]}", 7, (("q", "7"),)),
]


@pytest.mark.parametrize(("parameter", "value", "expected"), QUERIES, ids=[one[0][:40] for one in QUERIES])
def test_a_query_parameter_follows_its_style(made: Any, parameter: str, value: Any, expected: Any) -> None:
    """Each style and explode of OpenAPI is written as it says; None is not sent."""
    api = made(f"parameters: [{{name: q, in: query, {parameter}}}]")
    assert api.op(q=value).query == expected
    assert api.op(q=None).query == ()


PATHS = [
    ("schema: {type: number}", 1.5, "/x/1.5"),
    ("schema: {type: boolean}", True, "/x/true"),
    (ARRAY, ["a/b", "c"], "/x/a%2Fb,c"),
    (f"style: label, {ARRAY}", ["a", "b"], "/x/.a,b"),
    (f"style: label, explode: true, {ARRAY}", ["a", "b"], "/x/.a.b"),
    (f"style: matrix, {ARRAY}", ["a", "b"], "/x/;p=a,b"),
    (f"style: matrix, explode: true, {ARRAY}", ["a", "b"], "/x/;p=a;p=b"),
    (f"style: matrix, explode: true, {OBJECT}", {"a": 1}, "/x/;a=1"),
    (OBJECT, {"a": 1, "b": 2}, "/x/a,1,b,2"),
]


@pytest.mark.parametrize(("parameter", "value", "expected"), PATHS, ids=[one[0][:40] for one in PATHS])
def test_a_path_parameter_follows_its_style(made: Any, parameter: str, value: Any, expected: str) -> None:
    """Numbers, booleans, lists and objects are written, each part quoted; None is refused."""
    api = made(f"parameters: [{{name: p, in: path, required: true, {parameter}}}]", path="/x/{p}")
    assert api.op(value).path == expected
    with pytest.raises(ValueError, match="p is None"):
        api.op(None)


def test_headers_and_cookies_are_text(made: Any) -> None:
    """A list in a header is joined by commas, and cookies are one header."""
    api = made(
        f"parameters: [{{name: X-Ids, in: header, {ARRAY}}}, {{name: sid, in: cookie, schema: {{type: string}}}}]"
    )
    assert api.op(x_ids=["a", "b"], sid="a;b").headers == {"X-Ids": "a,b", "Cookie": "sid=a%3Bb"}
    assert api.op().headers == {}


COOKIES = [
    (ARRAY, ["a", "b"], "q=a; q=b"),
    (f"explode: false, {ARRAY}", ["a", "b"], "q=a%2Cb"),
    (OBJECT, {"a": 1, "b": "z"}, "a=1; b=z"),
    (f"explode: false, {OBJECT}", {"a": 1}, "q=a%2C1"),
]


@pytest.mark.parametrize(("parameter", "value", "expected"), COOKIES, ids=[one[0][:40] for one in COOKIES])
def test_a_cookie_follows_its_style(made: Any, parameter: str, value: Any, expected: str) -> None:
    """Lists and objects, exploded or not."""
    api = made(f"parameters: [{{name: q, in: cookie, {parameter}}}]")
    assert api.op(q=value).headers == {"Cookie": expected}
    assert api.op().headers == {}


def test_a_header_of_any_type_takes_a_list(made: Any) -> None:
    """As its style says; JSON in a header is ASCII."""
    content = "{name: X-J, in: header, content: {application/json: {schema: {}}}}"
    api = made(f"parameters: [{{name: X-Any, in: header, schema: {{}}}}, {content}]")
    assert api.op(x_any=["a", "b"], x_j={"k": "é"}).headers == {"X-Any": "a,b", "X-J": '{"k":"\\u00e9"}'}
    assert api.op(x_any=7).headers == {"X-Any": "7"}
    for wrong in ("é", "a\r\nX-B: 1"):
        with pytest.raises(ValueError, match="X-Any is not allowed in a header: it contains"):
            api.op(x_any=wrong)


@pytest.mark.parametrize(
    ("place", "style", "item"),
    [
        ("query", "form", "a,b"),
        ("query", "spaceDelimited", "a b"),
        ("query", "pipeDelimited", "a|b"),
        ("header", "simple", "a,b"),
        ("cookie", "form", "a,b"),
    ],
)
def test_an_item_that_would_be_read_as_two_is_refused(made: Any, place: str, style: str, item: str) -> None:
    """It contains what stands between items; a server would split it."""
    api = made(f"parameters: [{{name: q, in: {place}, style: {style}, explode: false, {ARRAY}}}]")
    with pytest.raises(ValueError, match=r"q: .* contains .*, which stands between items here"):
        api.op(q=["x", item])


def test_a_required_object_in_a_query_is_a_required_keyword(made: Any) -> None:
    """As any other required parameter."""
    api = made(f"parameters: [{{name: q, in: query, required: true, {OBJECT}}}]")
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'q'"):
        api.op()


def test_two_objects_in_one_query_are_both_sent(made: Any) -> None:
    """Their keys stand side by side; the same key in both is refused."""
    api = made(f"parameters: [{{name: one, in: query, {OBJECT}}}, {{name: two, in: query, {OBJECT}}}]")
    assert api.op(one={"a": 1}, two={"b": 2}).query == (("a", "1"), ("b", "2"))
    with pytest.raises(ValueError, match="a is given twice"):
        api.op(one={"a": 1}, two={"a": 2})


def test_a_fixed_query_in_a_path_is_sent(made: Any) -> None:
    """Some documents tell operations apart by it, as by a fragment, which is not sent."""
    assert made("description: d", path="/x?beta=true").op().query == (("beta", "true"),)
    assert made("description: d", path="/x#two").op().path == "/x"


def test_a_name_in_two_places_says_its_place(made: Any) -> None:
    """The path keeps the short name."""
    api = made(
        "parameters: [{name: id, in: query, schema: {}}, {name: id, in: path, required: true, schema: {}}]", "/{id}"
    )
    assert api.op("p", id_query="q").query == (("id", "q"),)


def test_an_operation_has_its_own_server_security_and_deprecation(made: Any) -> None:
    """What differs from the document is part of the operation; a deprecated one warns."""
    api = made("servers: [{url: 'https://{r}.b.test', variables: {r: {default: eu}}}], security: [], deprecated: true")
    assert (api.OP.server, api.OP.security) == ("https://eu.b.test", ())
    with pytest.warns(DeprecationWarning, match="op is deprecated"):
        api.op()
    plain = made("servers: [{url: 'https://a.test/v1'}], security: [{other: []}]")
    assert (plain.OP.server, plain.OP.security) == (None, ("other",))


def body(media: str, schema: str, more: str = "") -> str:
    """Return a request body as YAML."""
    return f"requestBody: {{required: true, content: {{{media}: {{schema: {schema}{more}}}}}}}"


def test_a_form_is_pairs(made: Any) -> None:
    """Fields are arguments; `encoding` says the style of each."""
    schema = "{type: object, properties: {a: {type: string}, tags: {type: array, items: {}}, o: {type: object}}}"
    api = made(
        body("application/x-www-form-urlencoded", schema, ", encoding: {o: {style: deepObject, explode: true}}"),
        method="post",
    )
    call = api.op(a="1", tags=[1, 2], o={"k": True})
    assert call.content.pairs == (("a", "1"), ("tags", "1"), ("tags", "2"), ("o[k]", "true"))
    assert api.OP.content_type == "application/x-www-form-urlencoded"


def test_a_form_field_of_a_content_type_is_json(made: Any) -> None:
    """Whole, also of an array; objects in a list without a style are JSON each."""
    schema = "{type: object, properties: {a: {type: array, items: {}}, b: {type: array, items: {type: object}}}}"
    media = "application/x-www-form-urlencoded"
    api = made(body(media, schema, ", encoding: {a: {contentType: application/json}}"), method="post")
    assert api.op(a=[1, 2], b=[{"k": 1}]).content.pairs == (("a", "[1,2]"), ("b", '{"k":1}'))


@pytest.mark.parametrize("media", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_the_fields_of_each_form_follow_their_style(made: Any, media: str) -> None:
    """Where `encoding` gives one; an object is JSON without."""
    schema = "{type: object, properties: {a: {type: object}, b: {type: object}, c: {type: array, items: {}}, d: {}}}"
    encoding = ", encoding: {a: {style: deepObject}, b: {style: form}, c: {explode: false}}"
    content = (
        made(body(media, schema, encoding), method="post").op(a={"k": {"l": 1}}, b={"m": 2}, c=[3, 4], d=5).content
    )
    pairs = content.fields if "multipart" in media else content.pairs
    assert pairs == (("a[k][l]", "1"), ("m", "2"), ("c", "3,4"), ("d", "5"))


def test_a_part_has_its_declared_content_type(made: Any) -> None:
    """A file that has one of its own keeps that; one of several types is chosen with the file."""
    properties = ", ".join(f"{name}: {{type: string, format: binary}}" for name in ("f", "g", "h"))
    schema = f"{{type: object, properties: {{{properties}, c: {{type: string}}, j: {{type: object}}}}}}"
    types = {"f": "image/png", "g": "image/png", "h": "'image/png, image/gif'", "c": "text/csv", "j": "text/json"}
    encoding = ", ".join(f"{name}: {{contentType: {one}}}" for name, one in types.items())
    api = made(body("multipart/form-data", schema, f", encoding: {{{encoding}}}"), method="post")
    sent, _ = api.op(f=b"1", g=("g.gif", b"2", "image/gif"), h=b"3", c="4,5", j={"k": 6}).content.encode()
    parts = [part.split(b"\r\n") for part in sent.split(b"\r\n--")[:-1]]
    assert {part[-1]: part[-3] for part in parts} == {
        b"1": b"Content-Type: image/png",
        b"2": b"Content-Type: image/gif",
        b"3": b"Content-Type: application/octet-stream",
        b"4,5": b"Content-Type: text/csv",
        b'{"k":6}': b"Content-Type: text/json",
    }


def test_a_multipart_form_of_several_objects_takes_files(made: Any) -> None:
    """They are not declared, so each is told by its value."""
    union = "{oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]}"
    content = made(body("multipart/form-data", union), method="post").op(body={"kind": "cat", "f": ("a", b"b")}).content
    assert (content.fields, content.files) == ((("kind", "cat"),), (("f", ("a", b"b")),))


def test_null_is_a_body(made: Any) -> None:
    """Where the document allows it; nothing is sent where an optional body is left out."""
    schema = "{type: [object, 'null'], properties: {a: {}}}"
    api = made(body("application/json", schema).replace("required: true, ", ""), method="put")
    assert (api.op(body=None).body, api.op(body=None).content.data) == (None, b"null")
    assert (api.op(body={"a": 1}).body, api.op(body={"a": 1}).content) == ({"a": 1}, None)
    assert (api.op().body, api.op().content) == (None, None)


def test_a_multipart_form_has_fields_and_files(made: Any) -> None:
    """A file is bytes or an open file, which is not read here; an object is a part in JSON."""
    schema = (
        "{type: object, required: [file], properties: {file: {type: string, format: binary}, n: {type: integer},"
        " more: {type: array, items: {type: string, contentMediaType: image/png}}, o: {type: object}}}"
    )
    api = made(body("multipart/form-data", schema), method="post")
    opened = io.BytesIO(b"b")
    call = api.op(file=opened, n=3, more=[("a.png", b"p")], o={"k": 1})
    assert call.content.fields == (("n", "3"),)
    assert call.content.files == (
        ("file", opened),
        ("more", ("a.png", b"p")),
        ("o", ("", b'{"k":1}', "application/json")),
    )
    assert opened.tell() == 0


def test_other_bodies_are_raw(made: Any) -> None:
    """Bytes, an open file, or text go out as they are."""
    assert made(body("application/octet-stream", "{}"), method="put").op(body=b"b").content.data == b"b"
    assert made(body("text/plain", "{type: string}"), method="put").op(body="t").content.data == "t"


@pytest.mark.parametrize(
    ("media", "schema", "sent"),
    [
        ("'*/*'", "{type: string, format: binary}", ("application/octet-stream", b"b")),
        ("image/*", "{}", ("application/octet-stream", b"b")),
        ("text/*", "{type: string}", ("text/plain; charset=utf-8", "b")),
    ],
)
def test_a_body_of_a_range_is_sent_as_what_it_is(
    made: Any, media: str, schema: str, sent: tuple[str, bytes | str]
) -> None:
    """A Content-Type is one type: a range names none."""
    api = made(body(media, schema), method="put")
    content = api.op(body=sent[1]).content
    assert (content.data, api.OP.content_type + content.encode()[1]) == (sent[1], sent[0])


def test_json_is_taken_where_there_is_a_choice(made: Any) -> None:
    """Of several media types JSON is taken, with what belongs to it."""
    api = made(
        "requestBody: {content: {application/xml: {}, 'application/json; charset=utf-8': {schema: {type: object,"
        " properties: {a: {}}}}}}",
        method="post",
    )
    assert api.op(a=1).body == {"a": 1}


def answer(schema: str, media: str = "application/json") -> str:
    """Return a successful response as YAML."""
    return f"responses: {{'200': {{description: ok, content: {{{media}: {{schema: {schema}}}}}}}}}"


def read(api: ModuleType, raw: Any, status: int = 200) -> Any:
    """Return what a response is read as."""
    types = importlib.import_module(api.__name__.replace(".api", ".types"))
    return api.op().read(raw, types.Origin(raw), status)


def test_answers_that_are_not_json(made: Any) -> None:
    """Text is a str, anything else bytes; a wildcard is JSON unless its schema is binary."""
    assert made(answer("{type: string}", "text/csv")).OP.media == "text"
    assert made(answer("{type: string}", "image/png")).OP.media == "bytes"
    assert made(answer("{type: string, format: binary}", "'*/*'")).OP.media == "bytes"
    api = made(answer("{type: object, properties: {a: {type: integer}}}", "application/vnd.x+json"))
    assert (read(api, {"a": 1}).a, api.OP.accept) == (1, "application/vnd.x+json")


def test_an_operation_asks_for_each_media_type_that_it_reads(made: Any) -> None:
    """Of all successful statuses; of a range of bytes for anything in it, and for JSON alone by default."""
    statuses = {"200": "application/json", "201": "text/csv", "202": "'*/*'"}
    nodes = ", ".join(f"'{one}': {{description: d, content: {{{media}: {{}}}}}}" for one, media in statuses.items())
    assert made(f"responses: {{{nodes}}}").OP.accept == "application/json, text/csv"
    assert made(answer("{type: string, format: binary}", "'*/*'")).OP.accept == "*/*"
    assert made(answer("{}", "'*/*'")).OP.accept == "application/json"


def test_an_answer_to_head_has_no_body(made: Any) -> None:
    """Whatever the document says that GET would have."""
    assert read(made(answer("{type: object, properties: {a: {}}}"), method="head"), None) is None


def test_default_is_the_success_where_there_is_no_other(made: Any) -> None:
    """Without a 2xx response, `default` is read."""
    api = made("responses: {default: {description: d, content: {application/json: {schema: {type: integer}}}}}")
    assert read(api, 7) == 7


def test_each_successful_status_is_read_as_declared(made: Any) -> None:
    """Different 2xx responses give a union."""
    one, two = "{$ref: '#/components/schemas/Cat'}", "{type: array, items: {type: string}}"
    api = made(
        f"responses: {{'200': {{description: a, content: {{application/json: {{schema: {one}}}}}}},"
        f" '202': {{description: b, content: {{application/json: {{schema: {two}}}}}}}, '204': {{description: c}}}}"
    )
    assert (read(api, {"lives": 9}).lives, read(api, ["a"], 202), read(api, None, 204)) == (9, ["a"], None)
    with pytest.raises(ValueError, match="status 203: expected a status that the document declares, found an object"):
        read(api, {"lives": 9}, 203)


ERRORS = """responses: {'204': {description: ok},
  '404': {description: e, content: {application/problem+json: {schema: {$ref: '#/components/schemas/Cat'}}}},
  '409': {description: e, content: {text/html: {}}},
  '4XX': {description: e, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}},
  '503': {description: e, content: {application/json: {schema: {type: object, properties: {wait: {type: integer}}}}}},
  default: {description: e, content: {application/json: {schema: {$ref: '#/components/schemas/Dog'}}}}}"""


@pytest.mark.parametrize(
    ("status", "raw", "cls"),
    [
        (404, {"kind": "dog"}, "Cat"),
        (409, {"kind": "dog"}, None),
        (422, {"kind": "dog"}, "Dog"),
        (422, {"kind": "bird"}, "View"),
        (503, {"wait": 1}, "Op503Error"),
        (500, {"kind": "cat"}, "Dog"),
        (500, ["no object"], None),
    ],
)
def test_an_error_is_read_as_declared(made: Any, status: int, raw: Any, cls: str | None) -> None:
    """By its status, else by the range, else by `default`."""
    api = made(ERRORS)
    types = importlib.import_module(api.__name__.replace(".api", ".types"))
    found = types.read_error(api.OP.errors, status, raw, types.Origin(raw))
    assert (None if found is None else type(found).__name__) == cls


def test_a_discriminator_selects_the_class(made: Any) -> None:
    """An unknown value is a plain view: a newer server may send one."""
    api = made(answer("{$ref: '#/components/schemas/Pet'}"))
    kinds = [type(read(api, {"kind": kind})).__name__ for kind in ("cat", "dog", "axolotl")]
    assert kinds == ["Cat", "Dog", "View"]


def test_without_a_discriminator_the_keys_select_the_class(made: Any) -> None:
    """The class whose required keys are there is taken; not the first one that reads at all."""
    api = made(answer("{type: array, items: {$ref: '#/components/schemas/Wild'}}"))
    found = read(api, [{"fins": 2, "name": "f"}, {"wings": 2}, {"legs": 4}])
    assert [type(one).__name__ for one in found] == ["Fish", "Bird", "View"]


def test_maps_and_nested_arrays_are_typed(made: Any) -> None:
    """Their objects are views, and a value of another type is named by its JSON path."""
    schema = (
        "{type: object, properties: {by_name: {type: object, additionalProperties: {$ref: '#/components/schemas/Dog'}},"
        " grid: {type: array, items: {type: array, items: {type: [integer, 'null']}}},"
        " either: {oneOf: [{type: string}, {$ref: '#/components/schemas/Cat'}]},"
        " pair: {type: array, prefixItems: [{type: string}, {type: integer}], items: {type: boolean}}}}"
    )
    api = made(answer(schema))
    found = read(
        api, {"by_name": {"rex": {"name": "Rex"}}, "grid": [[1, None]], "either": {"lives": 9}, "pair": ["a", 1]}
    )
    assert (found.by_name["rex"].name, found.grid, found.either.lives, found.pair) == ("Rex", [[1, None]], 9, ["a", 1])
    assert found.by_name is found.by_name
    assert (read(api, {"either": "s"}).either, read(api, {"either": 7}).either, read(api, {}).grid) == ("s", None, [])
    with pytest.raises(ValueError, match=r"\$\.grid\[0\]\[1\]: expected a integer or null, found a string"):
        _ = read(api, {"grid": [[1, "x"]]}).grid


def test_alternatives_beside_properties_are_arguments(made: Any) -> None:
    """What only some alternatives have is optional; what `required` beside `allOf` names is required."""
    schema = (
        "{allOf: [{$ref: '#/components/schemas/Dog'}, {type: object, additionalProperties: true}], required: [name],"
        " oneOf: [{properties: {a: {type: integer}}}, {properties: {b: {type: integer}}}]}"
    )
    api = made(body("application/json", schema), method="post")
    assert api.op(kind="dog", name="n", b=2, extra_body={"c": 3}).body == {"kind": "dog", "name": "n", "b": 2, "c": 3}
    with pytest.raises(TypeError, match="name"):
        api.op(kind="dog")


def test_a_stream_without_envelopes_has_payloads(made: Any) -> None:
    """FastAPI and others describe the data of each event; `[DONE]` may end it."""
    api = made(answer("{$ref: '#/components/schemas/Pet'}", "text/event-stream"))
    types = importlib.import_module(api.__name__.replace(".api", ".types"))
    assert type(api.op().read("message", {"kind": "cat"}, types.Origin({}))).__name__ == "Cat"
    assert (api.OP.done, api.OP.open_ended, api.OP.stream_type) == ("[DONE]", True, "text/event-stream")


def test_names_that_a_view_has_itself_get_an_underscore(made: Any) -> None:
    """The members of a view come first; `x-name` names a property otherwise."""
    schema = "{type: object, properties: {request_id: {}, _links: {type: string}, a-b: {x-name: ab2}, a_b: {}}}"
    api = made(answer(schema))
    found = read(api, {"request_id": "r", "_links": "l", "a-b": 1, "a_b": 2})
    assert (found.request_id_, found.request_id, found.links, found.ab2, found.a_b) == ("r", None, "l", 1, 2)


NOTHING = "responses: {'204': {description: d}}"
PARTS = "{type: object, properties: {a: {}}}"
HEADERS = ", encoding: {a: {headers: {X-A: {required: true, schema: {}}, X-B: {schema: {}}}}}"
REFUSED = {
    "dynamic reference": (answer("{$dynamicRef: '#T'}"), "`$dynamicRef`: a type that depends on"),
    "extension of operations": (
        answer("{type: object, x-polling: {}}"),
        "`x-polling` belongs on an operation; move it",
    ),
    "misspelt keyword": (answer("{type: string, maxLenght: 3}"), "'maxLenght' is no keyword of a schema"),
    "style of another place": (
        f"{NOTHING}, parameters: [{{name: a, in: query, style: matrix, schema: {{}}}}]",
        "style 'matrix', which query does not have",
    ),
    "objects in a flat style": (
        f"{NOTHING}, parameters: [{{name: a, in: query, schema: {{type: array, items: {{type: object}}}}}}]",
        "parameter 'a' holds objects",
    ),
    "server without a default": (
        f"{NOTHING}, servers: [{{url: 'https://{{r}}.test'}}]",
        "server variable 'r' has no default",
    ),
    "unknown security": (f"{NOTHING}, security: [{{nope: []}}]", "security scheme 'nope' is not in `components`"),
    "multipart that is no form": (f"{NOTHING}, {body('multipart/mixed', '{}')}", "a request body of 'multipart/mixed'"),
    "required header of a part": (
        f"{NOTHING}, {body('multipart/form-data', PARTS, HEADERS)}",
        "header 'X-A' of a part cannot be sent",
    ),
    "property of a condition": (
        answer("{type: object, if: {required: [a]}, then: {properties: {b: {}}}}"),
        "property 'b' is declared by a condition only",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_would_be_generated_wrong_is_refused(generate: Generate, kind: str) -> None:
    """Each has file, line and column, and says what to do."""
    operation, expected = REFUSED[kind]
    text = f"{HEAD}paths:\n  /y:\n    get: {{operationId: y, {operation}}}\n{TAIL}"
    run = generate(text, name="refused")
    assert run.code == 1
    assert run.err.startswith("refused.yaml:")
    assert expected in run.err
