"""Orders in the database. Plain synchronous code: whether it blocks the loop depends on who calls it."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from orders.models import Customer, Order


class OrderRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def by_id(self, order_id: int) -> Order | None:
        return self._session.get(Order, order_id)

    def placed_by(self, customer: Customer) -> list[Order]:
        newest_first = select(Order).where(Order.customer_id == customer.id).order_by(Order.id.desc())
        return list(self._session.scalars(newest_first))

    def add(self, order: Order) -> Order:
        self._session.add(order)
        self._session.commit()
        return order

    def as_csv(self, customer: Customer) -> Iterator[str]:
        yield "id,sku,quantity\n"
        for order in self.placed_by(customer):
            yield f"{order.id},{order.sku},{order.quantity}\n"
