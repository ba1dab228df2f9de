"""Fixtures for all tests."""

from bot import memory

pytest_plugins = ["tests.databases", "tests.minds", "tests.operations.process"]


def pytest_collection_finish() -> None:
    """Modules and tests stay; the collector need not look through them between all that the tests make."""
    memory.settle()
