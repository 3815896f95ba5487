"""What AWS does and MiniStack 1.5.33 does not, each in a module with a `close()` that adds it."""
