"""Reads what a file holds: text by page, facts, a picture of its first page.

Files come from strangers and the programs that read them have faults. So none is opened in the
processes that serve pages: each is read in a child process of its own (`child`), without the
settings, the database or the network, under limits that the system enforces (`limits`). What
comes out is looked at again and bounded (`reader`, `pages`). Why, and what else was weighed:
docs/decisions/0011-documents-are-read-in-a-child.md.
"""
