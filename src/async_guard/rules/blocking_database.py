"""A query through a synchronous database, cache or search client on the event loop.

## What it finds

Calls that wait for SQL databases (drivers, SQLAlchemy Core and ORM, SQLModel), document stores, caches such as
Redis, and vector or search stores, in code that runs on the event loop. Sessions that arrive through
`Depends(get_db)` are known, and so are queries that only run when somebody iterates them.

## Why it matters

Every query costs at least one round trip to the server, and some cost more than their name suggests: reading an
attribute of an expired object after `commit()` takes two, `metadata.create_all` thirteen, the first command of a
new Redis connection five. During each of them the event loop serves nobody. A query that waits for a row lock stops
the service for as long as somebody else holds that lock.

## Instead of

```python path=app/main.py
from fastapi import Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import get_db
from app.models import User

app = FastAPI()


@app.get("/users")
async def list_users(db: Session = Depends(get_db)):
    return db.execute(select(User)).scalars().all()
```

```python path=app/db.py
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

SessionLocal = sessionmaker(bind=create_engine("postgresql+psycopg://localhost/app"))


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()
```

```python path=app/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
```

## Write

```python path=app/main.py
from fastapi import Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from app.models import User

app = FastAPI()
SessionLocal = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/app"), expire_on_commit=False)


async def get_db():
    async with SessionLocal() as db:
        yield db


@app.get("/users")
async def list_users(db: AsyncSession = Depends(get_db)):
    return (await db.execute(select(User))).scalars().all()
```

```python path=app/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
```

Or keep the synchronous session and make the handler a plain `def`: FastAPI then runs it in a worker thread.

## When not to use it

With an in-process store whose calls take microseconds, such as `sqlite3` on a read-only file in memory.

## Known misses and false alarms

Builders (`select()`, `query().filter()`, `find()`) and `Session.add` are not reported, because they only collect
what to do. Lazily loaded relationships are reported where the mapped class is visible. Rows that a client-side
cursor already holds (`fetchall` of psycopg2) are not reported.
"""

from async_guard.model.rules import RuleMeta

META = RuleMeta(code="AG103", name="blocking-database", since="0.1.0", category="database")
