"""Example companies to try the desk with."""
