"""Klarsund, an invented Swedish lender: its help articles, its shop page, its demo people."""
