"""Telling others about orders."""

import smtplib
import time
from email.message import EmailMessage

import httpx

from orders.settings import MAILING_URL, SMTP_HOST, WEBHOOK_URL

client = httpx.AsyncClient(timeout=5)


def send_receipt(address: str, order_id: int) -> None:
    """Correct as a background task: a `def` task runs in a worker thread."""
    message = EmailMessage()
    message["To"] = address
    message["Subject"] = f"Your order {order_id}"
    with smtplib.SMTP(SMTP_HOST, timeout=10) as server:
        server.send_message(message)


async def announce(order_id: int) -> None:
    """Mistake: an `async def` task runs on the loop, and this one sleeps there between attempts."""
    for attempt in range(1, 4):
        response = await client.post(WEBHOOK_URL, json={"order": order_id})
        if response.is_success:
            return
        time.sleep(attempt)


async def subscribe(address: str) -> None:
    """Correct: an asynchronous client."""
    await client.post(f"{MAILING_URL}/subscribers", json={"address": address})
