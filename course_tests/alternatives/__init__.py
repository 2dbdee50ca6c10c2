"""Right answers written otherwise, one module a topic."""
