"""The price list, read once."""

import json

from orders.settings import PRICE_LIST


def load() -> dict[str, int]:
    return json.loads(PRICE_LIST.read_text(encoding="utf-8"))
