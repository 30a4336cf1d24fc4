"""What is read from the flagged files themselves: comments."""
