"""The nouns of Lotse and their rules: frozen dataclasses, no I/O, no async, no framework."""
