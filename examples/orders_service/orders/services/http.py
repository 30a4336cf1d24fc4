"""JSON over HTTP, synchronously."""

from typing import Any

import requests


def call_json(session: requests.Session, method: str, url: str, payload: dict[str, Any]) -> dict[str, Any]:
    response = session.request(method, url, json=payload, timeout=5)
    response.raise_for_status()
    return response.json()
