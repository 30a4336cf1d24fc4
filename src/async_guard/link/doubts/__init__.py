"""What a call of a chain says of another one: that it hardly happens, or has nothing left to do. Asked of chains that would be reported."""
