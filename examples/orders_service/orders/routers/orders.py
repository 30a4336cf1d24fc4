"""Placing and reading orders."""

import asyncio

from fastapi import APIRouter, BackgroundTasks, HTTPException, Request, WebSocket
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse, StreamingResponse

from orders.dependencies import CurrentCustomer, Orders
from orders.models import Order
from orders.repository import OrderRepository
from orders.schemas import Basket, OrderOut
from orders.services import invoices, notifications
from orders.services.inventory import inventory

router = APIRouter(prefix="/orders", tags=["orders"])


@router.post("", status_code=201)
async def place_order(basket: Basket, customer: CurrentCustomer, orders: Orders, background: BackgroundTasks) -> OrderOut:
    """Mistakes: the inventory is asked over HTTP and the order is committed, both synchronously."""
    reservation = inventory.reserve(basket.sku, basket.quantity)
    order = Order(customer_id=customer.id, sku=basket.sku, quantity=basket.quantity, reservation=reservation)
    orders.add(order)
    background.add_task(notifications.send_receipt, customer.email, order.id)
    background.add_task(notifications.announce, order.id)
    await notifications.subscribe(customer.email)
    return OrderOut.model_validate(order)


@router.get("/{order_id}")
async def show_order(order_id: int, orders: Orders) -> OrderOut:
    """Mistake: nothing here needs the loop, and the repository blocks it. `def` would do."""
    order = orders.by_id(order_id)
    if order is None:
        raise HTTPException(status_code=404)
    return OrderOut.model_validate(order)


@router.get("")
def list_orders(customer: CurrentCustomer, orders: Orders) -> list[OrderOut]:
    """Correct: a `def` handler runs in a worker thread, so it may block."""
    return [OrderOut.model_validate(order) for order in orders.placed_by(customer)]


@router.get("/{order_id}/invoice")
async def show_invoice(order_id: int, request: Request, orders: Orders) -> PlainTextResponse:
    """Correct: both slow calls are handed to a thread."""
    order = await run_in_threadpool(orders.by_id, order_id)
    if order is None:
        raise HTTPException(status_code=404)
    return PlainTextResponse(await asyncio.to_thread(invoices.render, order, request.app.state.prices[order.sku]))


@router.get("/export/csv")
def export_orders(customer: CurrentCustomer, orders: Orders) -> StreamingResponse:
    """Correct: Starlette iterates a synchronous generator in worker threads."""
    return StreamingResponse(orders.as_csv(customer), media_type="text/csv")


@router.websocket("/{order_id}/status")
async def follow_order(socket: WebSocket, order_id: int, orders: Orders) -> None:
    """Correct: it waits with `asyncio.sleep` and reads in a thread."""
    await socket.accept()
    while await _is_open(orders, order_id):
        await socket.send_text("open")
        await asyncio.sleep(2)
    await socket.close()


async def _is_open(orders: OrderRepository, order_id: int) -> bool:
    return await asyncio.to_thread(lambda: orders.by_id(order_id)) is not None
