"""Password hashing: a fifth of a second of processor time per call, by design."""

import bcrypt


def hashed(password: str) -> bytes:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt())


def matches(password: str, stored: bytes) -> bool:
    return bcrypt.checkpw(password.encode(), stored)
