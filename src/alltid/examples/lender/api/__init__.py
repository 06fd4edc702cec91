"""The lender's own system: accounts, what may be done to them, an HTTP API and an MCP server.

It stands for the system that a company already has. Alltid reaches it over HTTP with tokens,
as it would reach any company's; nothing here knows of conversations.
"""
