"""Adapters towards staff."""
