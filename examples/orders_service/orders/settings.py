"""Where things are, from the environment."""

import os
from pathlib import Path

DATABASE_URL = os.environ.get("DATABASE_URL", "sqlite:///orders.db")
INVENTORY_URL = os.environ.get("INVENTORY_URL", "http://inventory.example")
WEBHOOK_URL = os.environ.get("WEBHOOK_URL", "http://partner.example/orders")
MAILING_URL = os.environ.get("MAILING_URL", "http://mailing.example")
SMTP_HOST = os.environ.get("SMTP_HOST", "localhost")
PRICE_LIST = Path(os.environ.get("PRICE_LIST", "prices.json"))
MAINTENANCE_NOTICE = Path(os.environ.get("MAINTENANCE_NOTICE", "maintenance.txt"))
