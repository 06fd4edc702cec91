"""Conversations by which the example lender's assistant is measured, and the books beside it."""
