"""The articles that come with the product."""

import re
from html import unescape

import pytest
import yaml
from click.testing import Result

from qcapp.checklists.card_files import read_card
from qcapp.checklists.service import load_card
from qcapp.cli import Commands
from qcapp.core.errors import Refused
from qcapp.knowledge import queries, service, shipped
from qcapp.knowledge.cli import knowledge_commands
from qcapp.knowledge.models import ArticleState
from qcapp.knowledge.shipped import FOLDER, ArticleLoad, ShippedArticle, load_pages, read_pages
from qcapp.settings import ROOT

PAGE = ShippedArticle("call_goal", "Цель звонка", None, "Зачем звоним.")


@pytest.fixture
def load(app, people):
    def run(*words: object) -> Result:
        main = Commands("qcapp", commands=[knowledge_commands])
        return app.test_cli_runner().invoke(main, ["knowledge", "load", *map(str, words)])

    return run


def test_the_shipped_articles_load_and_load_again(load, session, people):
    first = load()
    assert first.exit_code == 0, first.output
    assert first.output.count("new article") == len(shipped.read_pages())
    assert load().output.count("unchanged") == len(shipped.read_pages())
    found = queries.contents(session, people.max)
    assert len(found.entries) == len(shipped.read_pages())


def test_every_lesson_of_the_shipped_program_has_its_article():
    programs = sorted((ROOT / "checklists" / "onboarding").glob("*.yaml"))
    assert programs
    wanted = {
        lesson["article"]
        for file in programs
        for stage in yaml.safe_load(file.read_text(encoding="utf-8"))["stages"]
        for lesson in stage.get("lessons", ())
        if lesson.get("article")
    }
    assert wanted <= {page.key for page in shipped.read_pages()}


def test_every_link_among_the_shipped_articles_leads_somewhere():
    pages = shipped.read_pages()
    keys = {page.key for page in pages}
    linked = {key for page in pages for key in re.findall(r"\(/knowledge/key/([^)]+)\)", page.body)}
    assert linked
    assert linked <= keys
    assert {page.parent for page in pages if page.parent} <= keys


def test_a_new_text_of_the_product_replaces_only_its_own(session, people):
    assert shipped.load_pages(session, [PAGE])[0][1] is ArticleLoad.CREATED
    newer = ShippedArticle("call_goal", "Цель звонка", None, "Зачем звоним и чем закончим.")
    assert shipped.load_pages(session, [newer])[0][1] is ArticleLoad.NEW_WORDING
    article = queries.get_by_key(session, "call_goal", people.max)
    assert article.number == 2
    service.save_article(
        session,
        article,
        title=article.title,
        body="По-нашему.",
        key=article.key,
        parent=None,
        seen=article.updated_at,
        by=people.lidia,
    )
    assert shipped.load_pages(session, [PAGE])[0][1] is ArticleLoad.KEPT
    service.publish_article(session, article, by=people.lidia)
    assert shipped.load_pages(session, [PAGE])[0][1] is ArticleLoad.KEPT
    assert article.body == "По-нашему."


def test_an_archived_article_is_not_brought_back(session, people):
    shipped.load_pages(session, [PAGE])
    article = queries.get_by_key(session, "call_goal", people.max)
    service.archive_article(session, article, by=people.lidia)
    assert shipped.load_pages(session, [PAGE])[0][1] is ArticleLoad.UNCHANGED
    newer = ShippedArticle("call_goal", "Цель звонка", None, "Иначе.")
    assert shipped.load_pages(session, [newer])[0][1] is ArticleLoad.KEPT
    assert article.state is ArticleState.ARCHIVED


def test_a_file_without_a_head_is_refused(tmp_path):
    (tmp_path / "x.md").write_text("---\ntitle: Цель\n---\nТекст", encoding="utf-8")
    with pytest.raises(Refused, match="head with key and title"):
        shipped.read_pages(tmp_path)


def test_every_item_of_the_shipped_cards_leads_to_a_shipped_article(session, login, people):
    load_pages(session, read_pages(FOLDER))
    cards = [
        load_card(session, read_card(file), by=None) for file in sorted((ROOT / "checklists").glob("*.yaml"))
    ]
    session.commit()
    client = login(people.max)
    for card in cards:
        page = client.get(f"/checklists/{card.version.checklist.key}").text
        links = re.findall(r'href="(/knowledge/ask\?[^"]+)"', page)
        assert links
        for link in links:
            answer = client.get(unescape(link))
            assert (answer.status_code, link) == (303, link)
