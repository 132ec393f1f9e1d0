"""Two people of one name are told apart wherever one of them is chosen, and nobody else bears a login."""

from collections import Counter
from html.parser import HTMLParser

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.people.choices import told_apart
from qcapp.people.models import User
from tests.onboarding.on_the_way import program_version

CHOICES = {"option": "select", "label": "ul"}
"""What holds a choice → what holds all of them."""


class Choices(HTMLParser):
    """The texts to choose from, list by list."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.lists: list[list[str]] = []
        self.open = False
        self.feed(page)

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag in CHOICES.values():
            self.lists.append([])
        self.open = tag in CHOICES and bool(self.lists)
        if self.open:
            self.lists[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag not in CHOICES

    def handle_data(self, data: str) -> None:
        if self.open:
            self.lists[-1][-1] += data.strip()


def test_only_who_shares_a_name_is_shown_with_the_login() -> None:
    people = [
        User(id=number, name=name, login=f"user{number}")
        for number, name in enumerate(("Семён Ёлкин", "Анна Мороз", "семен  Елкин"))
    ]
    assert told_apart(people) == {
        0: "Семён Ёлкин (user0)",
        1: "Анна Мороз",
        2: "семен  Елкин (user2)",
    }


@pytest.mark.parametrize("who", ["lidia", "anna", "olga", "hanna", "roman"])
def test_no_page_offers_two_choices_that_read_alike(
    app: Flask, session: Session, people, login, who: str
) -> None:
    for user in session.scalars(select(User).order_by(User.id)).all():
        user.name = "Иван Петров"
        like = {name: getattr(user, name) for name in ("name", "role", "team", "created_at", "confirmed_at")}
        session.add(User(login=f"{user.login}2", **like))
    program_version(session)  # without one no form begins an onboarding
    session.commit()
    client, named = login(getattr(people, who)), 0
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.arguments:
            continue
        page = client.get(rule.rule, follow_redirects=True)
        for choices in Choices(page.text).lists if page.mimetype == "text/html" else ():
            alike = [text for text, times in Counter(filter(None, choices)).items() if times > 1]
            assert alike == [], rule.rule
            named += sum("Иван Петров" in text for text in choices)
    assert named
