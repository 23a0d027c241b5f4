"""The operations whose answers the overlay enriches, bound once."""

from __future__ import annotations

from pareta_generated import api

from ._models import Endpoint, ModelList, bind

LIST_MODELS = bind(api.list_models, ModelList)
LIST_ENDPOINTS = bind(api.list_endpoints, Endpoint)
RETRIEVE_ENDPOINT = bind(api.retrieve_endpoint, Endpoint)
