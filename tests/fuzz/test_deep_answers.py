"""Answers nested deeper than Python's stack: refused when they are read, else good for whatever is done with them."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from virtual import Virtual, response

from pareta import APIResponseError
from pareta._models import RETRIEVE_ENDPOINT
from pareta._policy import calls

from .strategies import nested


@pytest.mark.parametrize("depth", [150, 199])
def test_a_deep_answer_can_be_used(depth: int) -> None:
    """What is read can be compared, shown, copied, taken out, pickled and sent on."""
    raw = {"id": "ep_1", "more": nested(depth - 1)}
    virtual = Virtual([response(body=raw)])
    endpoint = virtual.run(calls.send(virtual.session(), RETRIEVE_ENDPOINT("ep_1")))
    assert endpoint.to_dict() == raw
    assert endpoint["more"] == raw["more"]
    assert "ep_1" in repr(endpoint)
    assert endpoint == copy.deepcopy(endpoint) == pickle.loads(pickle.dumps(endpoint))
    assert json.loads(json.dumps(endpoint.to_dict())) == raw


@pytest.mark.parametrize("form", ["[]", "{[]}", "{}"])
@pytest.mark.parametrize("depth", [201, 600, 5000])
def test_a_deeper_one_is_refused(depth: int, form: str) -> None:
    """It is an APIResponseError that says so, whether the decoder could have read it or not."""
    begins, ends = {"[]": ("[", "]"), "{}": ('{"a":', "}"), "{[]}": ('{"a":[', "]}")}[form]
    levels = depth // 2 if form == "{[]}" else depth - 1
    text = f'{{"id": "ep_1", "more": {begins * levels}1{ends * levels}}}'
    virtual = Virtual([response().containing(text.encode())])
    with pytest.raises(APIResponseError, match="nested"):
        virtual.run(calls.send(virtual.session(), RETRIEVE_ENDPOINT("ep_1")))
