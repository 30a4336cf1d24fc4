"""Signing up and in."""

import secrets

from fastapi import APIRouter, HTTPException
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import select

from orders.dependencies import DatabaseSession
from orders.models import Customer
from orders.schemas import Credentials, CustomerOut
from orders.services import notifications, passwords

router = APIRouter(prefix="/customers", tags=["customers"])


@router.post("", status_code=201)
async def sign_up(form: Credentials, session: DatabaseSession) -> CustomerOut:
    """Mistakes: hashing burns processor time on the loop, and the injected session commits synchronously."""
    customer = Customer(
        email=form.email,
        password_hash=passwords.hashed(form.password),
        api_key=secrets.token_urlsafe(),
    )
    session.add(customer)
    session.commit()
    await notifications.subscribe(customer.email)
    return CustomerOut.model_validate(customer)


@router.post("/session")
async def sign_in(form: Credentials, session: DatabaseSession) -> CustomerOut:
    """Correct: the query and the check run in a worker thread."""
    query = select(Customer).where(Customer.email == form.email)
    customer = await run_in_threadpool(session.scalar, query)
    if customer is None or not await run_in_threadpool(passwords.matches, form.password, customer.password_hash):
        raise HTTPException(status_code=403)
    return CustomerOut.model_validate(customer)
