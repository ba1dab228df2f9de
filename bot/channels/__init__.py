"""Adapters towards newcomers: one package or module a channel; siblings never import one another."""
