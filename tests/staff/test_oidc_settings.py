"""The settings of the town's provider: what they need, and what a wrong one says."""

import pytest
from structlog.testing import capture_logs

from bot.app import Parts, SystemClock, Unusable, course_services
from bot.app.logins import town_login
from bot.service.entering import Entrance
from bot.service.mind import Mind
from bot.service.passwords import Passwords
from bot.settings import Settings, SettingsError, read_settings
from bot.storage.engine import Database
from bot.storage.notify import LocalNotifier
from tests.staff.test_matrix import keeping

GOOD = {
    "oidc_issuer": "https://keycloak.example/realms/stadt",
    "oidc_client": "lotse",
    "oidc_roles": "leitung=lead; soziales=clerk:duelmen,atlantis; vhs=course_clerk:vhs-duelmen",
}


def parts_of(store: Database, mind: Mind, **settings: object) -> tuple[Parts, Entrance]:
    clock = SystemClock()
    courses = course_services(store, clock, lambda: mind)
    parts = Parts(Settings(**settings), clock, store, LocalNotifier(), keeping(mind), courses)
    return parts, Entrance(store, clock, Passwords())


def test_a_town_s_settings_are_understood(sqlite_store: Database, mind: Mind) -> None:
    assert town_login(*parts_of(sqlite_store, mind)) is None
    with capture_logs() as logs:
        found = town_login(
            *parts_of(sqlite_store, mind, **GOOD, oidc_amr=" otp, hwk ,", oidc_check_minutes=5)
        )
    assert found
    provider, provided = found
    assert (provider.registered.amr, provider.registered.acr) == (("otp", "hwk"), ())
    assert provided.check_every.total_seconds() == 300
    [line] = logs
    assert "atlantis" in line["reason"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"oidc_client": ""}, "LOTSE_OIDC_CLIENT"),
        ({"oidc_roles": ""}, "LOTSE_OIDC_ROLES"),
        ({"oidc_issuer": "http://keycloak.example"}, "https"),
        ({"oidc_issuer": "", "staff_passwords": False}, "nobody of the team gets in"),
    ],
)
def test_what_does_not_fit_together_is_told(
    sqlite_store: Database, mind: Mind, changed: dict[str, object], told: str
) -> None:
    with pytest.raises(Unusable, match=told):
        town_login(*parts_of(sqlite_store, mind, **{**GOOD, **changed}))


def test_a_wrong_role_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_OIDC_ROLES", "leitung=boss")
    with pytest.raises(SettingsError, match=r"LOTSE_OIDC_ROLES.*'leitung=boss'"):
        read_settings()
