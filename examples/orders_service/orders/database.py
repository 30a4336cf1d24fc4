"""The engine and its sessions."""

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from orders.settings import DATABASE_URL

engine = create_engine(DATABASE_URL)
SessionFactory = sessionmaker(engine, expire_on_commit=False)
