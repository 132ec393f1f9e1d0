"""The main menu: it offers what opens, and nothing else."""

import re

import pytest

CAST = ("olga", "lidia", "kira", "roman", "max", "tanya", "hanna", "anna")


@pytest.mark.parametrize("who", CAST)
def test_every_page_of_the_menu_opens(session, people, login, who):
    session.commit()
    client = login(getattr(people, who))
    addresses = set(re.findall(r'href="(/[^"]*)"', _menu(client)))
    assert addresses
    for address in addresses:
        assert client.get(address, follow_redirects=True).status_code == 200, address


@pytest.mark.parametrize(
    ("address", "marked"),
    [("/reviews", "/reviews"), ("/clearance/staff", "/board"), ("/programs/", "/board")],
)
def test_the_group_of_an_open_page_is_marked(session, people, login, address, marked):
    session.commit()
    menu = re.sub(r"\s+", " ", _menu(login(people.olga), address))
    assert f'<a href="{marked}" aria-current="true">' in menu
    assert menu.count('aria-current="true"') == 1


def test_the_only_page_of_a_group_bears_its_own_name(session, people, login):
    session.commit()
    menu = _menu(login(people.tanya))
    assert "Stand-ins" in menu
    assert "People" not in menu


def _menu(client, address="/"):
    page = client.get(address, follow_redirects=True).text
    return re.search(r'<nav class="site-nav".*?</nav>', page, re.DOTALL)[0]
