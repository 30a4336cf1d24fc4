"""gRPC: modules that are generated from descriptions of services, and often are in no repository."""

from __future__ import annotations

from async_guard.frameworks.tables import Framework

FRAMEWORK = Framework(
    name="grpc",
    classes={},
    aliases={},
    generated={"*_pb2_grpc": {"*Stub": "grpc._GeneratedStub"}},
)
