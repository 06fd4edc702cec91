"""Searching sets of documents by words and by meaning, without any model provider.

`readers` make documents of files, `passages` cuts them, `library` keeps them, `encoding` gives
passages their vectors, `index` holds a collection in memory, and `ranking` judges.
"""
