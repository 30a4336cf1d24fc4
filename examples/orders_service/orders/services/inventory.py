"""The inventory service."""

import requests

from orders.services.http import call_json
from orders.settings import INVENTORY_URL


class InventoryClient:
    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._session = requests.Session()

    def reserve(self, sku: str, quantity: int) -> str:
        answer = call_json(self._session, "POST", f"{self._base_url}/stock/{sku}", {"quantity": quantity})
        return answer["reservation"]


inventory = InventoryClient(INVENTORY_URL)
