"""A pytest plugin for CI, loaded with `-p tests.no_skip`: a skipped test fails the run, and says so."""

from __future__ import annotations

import pytest


def skipped(config: pytest.Config) -> list[pytest.TestReport | pytest.CollectReport]:
    """Return the reports of everything that was skipped so far, tests and whole modules."""
    reporter = config.pluginmanager.getplugin("terminalreporter")
    return list(reporter.stats.get("skipped", [])) if reporter else []


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Turn a run that passed, but not whole, into a failed one."""
    if exitstatus == pytest.ExitCode.OK and skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was skipped, just above pytest's closing line."""
    reports = skipped(terminalreporter.config)
    if not reports:
        return
    terminalreporter.section("SKIPPED TESTS FAIL THIS RUN", red=True, bold=True)
    for report in reports:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        terminalreporter.write_line(f"{report.nodeid}: {reason}", red=True)
