"""What agents earn, and the books that prove it: rates, the floor, statements, the ledger."""
