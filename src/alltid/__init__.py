"""Alltid: a customer-service desk where a human is always one sentence away."""
