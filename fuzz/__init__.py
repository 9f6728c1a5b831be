"""Inputs that nobody wrote, in search of one that gives neither a result nor a sentence; see run.py."""
