"""Bytes to text."""
class UnreadableSource(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message); self.line = line; self.message = message
