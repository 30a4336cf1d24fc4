"""A notice that stops the service while it lies there."""

from orders.settings import MAINTENANCE_NOTICE


def notice() -> str | None:
    if not MAINTENANCE_NOTICE.exists():
        return None
    return MAINTENANCE_NOTICE.read_text(encoding="utf-8")
