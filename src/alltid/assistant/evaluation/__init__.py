"""Suites of conversations against the assistant: run, judged, compared with a baseline."""
