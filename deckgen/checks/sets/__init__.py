"""Answers with several members."""
