"""Object-relational mappers: attributes of records that ask the database when they are first read."""

from __future__ import annotations

from async_guard.frameworks.tables import Framework, LazyAttributes

FRAMEWORK = Framework(
    name="records",
    classes={},
    aliases={},
    lazy=(
        LazyAttributes(
            makers=("sqlalchemy.orm.relationship", "sqlmodel.Relationship", "sqlmodel.main.Relationship"),
            attribute="sqlalchemy.orm.RelationshipProperty",
            mode="lazy",
            options="sa_relationship_kwargs",
            when_read=("select", "True"),
            loaders=("joinedload", "selectinload", "subqueryload", "immediateload", "contains_eager", "joinedload_all"),
            # Records of an asynchronous session raise MissingGreenlet instead: who has one loads what is read beforehand.
            unless_imported="sqlalchemy.ext.asyncio",
        ),
    ),
)
