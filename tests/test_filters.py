"""Every page with a filter says what of it cannot be understood, instead of showing something else in silence."""

import pytest


@pytest.mark.parametrize(
    "address",
    [
        "/calls/?lead=boiling",
        "/board?stage=moon",
        "/results?since=yesterday",
        "/results?period=era",
        "/disputes/statistics?since=2026-13-01",
        "/queue/all?reviewer=nobody",
        "/coaching/?manager=nobody",
        "/audit?action=sorcery",
        "/audit?until=tomorrow",
        "/users?role=king",
    ],
)
def test_what_is_not_understood_is_said(people, login, address):
    reader = {"/users": people.anna, "/audit": people.anna, "/calls/": people.kira}.get(
        address.partition("?")[0], people.lidia
    )
    page = login(reader).get(address)
    assert page.status_code == 200
    assert "This part is not applied" in page.text
