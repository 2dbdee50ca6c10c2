"""Right answers: a small NumPy library, one module a topic."""
