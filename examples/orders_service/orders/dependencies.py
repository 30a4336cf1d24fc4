"""What handlers ask for."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Header, HTTPException
from sqlalchemy import select
from sqlalchemy.orm import Session

from orders.database import SessionFactory
from orders.models import Customer
from orders.repository import OrderRepository


def get_session() -> Iterator[Session]:
    """A generator written with `def`: FastAPI runs it in a worker thread."""
    with SessionFactory() as session:
        yield session


DatabaseSession = Annotated[Session, Depends(get_session)]


def get_orders(session: DatabaseSession) -> OrderRepository:
    return OrderRepository(session)


Orders = Annotated[OrderRepository, Depends(get_orders)]


async def current_customer(session: DatabaseSession, x_api_key: Annotated[str, Header()]) -> Customer:
    """Mistake: the session is synchronous, and this dependency is on the loop for every request that needs a customer."""
    customer = session.scalar(select(Customer).where(Customer.api_key == x_api_key))
    if customer is None:
        raise HTTPException(status_code=401)
    return customer


CurrentCustomer = Annotated[Customer, Depends(current_customer)]
