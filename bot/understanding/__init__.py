"""Turns a newcomer's words into a language, candidates and an honest decision; pure and synchronous."""
