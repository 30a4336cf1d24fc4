"""Invoices: as slow as the template engine and the disk are."""

from pathlib import Path
from string import Template

from orders.models import Order

TEMPLATE = Path(__file__).with_name("invoice.txt")


def render(order: Order, unit_price: int) -> str:
    template = Template(TEMPLATE.read_text(encoding="utf-8"))
    return template.substitute(number=order.id, sku=order.sku, total=order.quantity * unit_price)
