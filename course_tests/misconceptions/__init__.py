"""Wrong answers that learners really give, one module a topic."""
