"""Conversations between a customer, the assistant and an agent."""
