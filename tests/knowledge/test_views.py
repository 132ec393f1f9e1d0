"""The pages of the knowledge base."""

import re

import pytest
from sqlalchemy import select

from qcapp.core.audit import AuditEntry
from qcapp.knowledge import service
from qcapp.knowledge.models import Article, ArticleState, ReadReceipt, Wording


@pytest.fixture
def article(session, people):
    made = service.create_article(
        session,
        title="Цель звонка",
        body="## Формула\n\nНазовите <b>цель</b>, потом цели и [закончите](/knowledge/key/closing) шагом.",
        key="call_goal",
        by=people.lidia,
    )
    service.publish_article(session, made, by=people.lidia)
    session.commit()
    return made


def test_everybody_reads_and_confirms_it_once(session, people, login, article):
    client = login(people.max)
    assert "Цель звонка" in client.get("/knowledge").text
    page = client.get(f"/knowledge/{article.id}").text
    assert "<h3>Формула</h3>" in page
    assert "&lt;b&gt;цель" in page
    assert "I have read it" in page
    assert "Who has not" not in page
    for _twice in range(2):
        assert client.post(f"/knowledge/{article.id}/read", data={"wording": 1}).status_code == 303
    assert len(session.scalars(select(ReadReceipt)).all()) == 1
    assert "you read it on" in client.get(f"/knowledge/{article.id}").text


def test_editors_see_by_name_who_has_read_and_who_has_not(session, people, login, article):
    service.confirm_read(session, article, 1, by=people.max)
    session.commit()
    page = login(people.tanya).get(f"/knowledge/{article.id}").text
    assert "Read by 1 of 9" in page
    assert "Max Manager" in page
    assert "Sveta South" in page


def test_a_key_leads_to_the_article(login, people, article):
    answer = login(people.max).get("/knowledge/key/call_goal")
    assert answer.location == f"/knowledge/{article.id}"
    assert login(people.max).get("/knowledge/key/nothing").status_code == 404


def test_from_a_page_that_asks_for_it_the_way_leads_back_there(login, people, article):
    client = login(people.max)
    answer = client.get("/knowledge/ask?key=call_goal&origin=/calls/")
    assert answer.location == f"/knowledge/{article.id}?origin=/calls/"
    assert '<a class="back-link" href="/calls/">' in client.get(answer.location).text
    read = client.post(f"/knowledge/{article.id}/read", data={"wording": 1, "origin": "/calls/"})
    assert read.location == "/calls/"
    elsewhere = client.get(f"/knowledge/{article.id}?origin=//example.com").text
    assert '<a class="back-link" href="/knowledge">' in elsewhere


def test_the_search_shows_what_it_found_or_offers_to_ask(login, people, article):
    page = login(people.max).get("/knowledge?q=цели").text
    assert "<mark>цели</mark>" in page
    assert "<mark>&lt;b&gt;цель" in page
    assert "/knowledge/ask?question=" in login(people.max).get("/knowledge?q=скидка").text


def test_a_question_from_a_page_goes_back_to_it_and_waits_for_an_editor(session, login, people):
    client = login(people.max)
    form = client.get(
        "/knowledge/ask?question=Скидка&origin=/reviews/7%23item-price&key=item:cold.price"
    ).text
    assert 'value="/reviews/7#item-price"' in form
    answer = client.post(
        "/knowledge/ask",
        data={"question": "Как быть?", "origin": "/reviews/7#item-price", "key": "item:cold.price"},
    )
    assert answer.location == "/reviews/7#item-price"
    waiting = login(people.tanya).get("/knowledge").text
    assert "1 question without an article" in waiting
    assert 'href="/reviews/7#item-price"' in waiting
    draft = session.scalars(select(Article)).one()
    editor = login(people.tanya)
    page = editor.get(f"/knowledge/{draft.id}/edit").text
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', page)[1]
    sent = {"title": "Скидки", "body": "Скидок нет.", "key": draft.key, "seen": seen, "publish": "yes"}
    assert editor.post(f"/knowledge/{draft.id}/edit", data=sent).status_code == 303
    straight = login(people.sveta).get("/knowledge/ask?question=x&key=item:cold.price")
    assert straight.location == f"/knowledge/{draft.id}"


def test_an_empty_question_comes_back_with_a_sentence(login, people):
    answer = login(people.max).post("/knowledge/ask", data={"question": " "})
    assert answer.status_code == 422
    assert "Please check the form" in answer.text


def test_similar_articles_come_before_the_question(login, people, article):
    page = login(people.max).get("/knowledge/ask?question=Как назвать цель звонка").text
    assert "Perhaps one of these answers it" in page


def test_what_was_typed_is_not_lost_when_somebody_was_quicker(session, login, people, article):
    opened = article.updated_at.isoformat()
    sent = {"title": "Цель", "key": "call_goal", "seen": opened}
    client = login(people.lidia)
    assert client.post(f"/knowledge/{article.id}/edit", data=sent | {"body": "Первый"}).status_code == 303
    answer = client.post(f"/knowledge/{article.id}/edit", data=sent | {"body": "Второй"})
    assert answer.status_code == 422
    assert "since you opened it" in answer.text
    assert "Второй" in answer.text
    again = re.search(r'name="seen"[^>]*value="([^"]+)"', answer.text)[1]
    sent = sent | {"body": "Второй", "seen": again}
    assert client.post(f"/knowledge/{article.id}/edit", data=sent).status_code == 303
    session.expire_all()
    assert session.get(Article, article.id).body == "Второй"


def test_a_refused_publishing_keeps_the_text_in_the_form(session, login, people):
    answer = login(people.lidia).post(
        "/knowledge/new", data={"title": "Скидки", "body": "", "publish": "yes"}
    )
    assert answer.status_code == 422
    assert "without text" in answer.text
    assert session.scalars(select(Article)).all() == []


def test_writing_previewing_and_publishing(session, login, people):
    client = login(people.lidia)
    assert client.post("/knowledge/preview", data={"body": "# Раз\n<script>"}).text == (
        "<h2>Раз</h2>\n<p>&lt;script&gt;</p>\n"
    )
    assert client.post("/knowledge/preview", data={"body": "[" * 50_001}).status_code == 409
    made = client.post("/knowledge/new", data={"title": "Скидки", "body": "Нет.", "key": ""})
    article = session.scalars(select(Article)).one()
    assert made.location == f"/knowledge/{article.id}/edit"
    assert article.state is ArticleState.DRAFT
    assert client.get(f"/knowledge/{article.id}").location == f"/knowledge/{article.id}/edit"
    assert login(people.max).get(f"/knowledge/{article.id}").status_code == 404


def test_an_article_is_moved_archived_and_brought_back(session, login, people, article):
    client = login(people.lidia)
    other = service.create_article(session, title="Приветствие", body="x", by=people.lidia)
    service.publish_article(session, other, by=people.lidia)
    session.commit()
    answer = client.post(f"/knowledge/{other.id}/move", data={"way": "up"})
    assert answer.location.endswith(f"#article-{other.id}")
    page = client.get("/knowledge?arrange=1").text
    assert page.index("Приветствие") < page.index("Цель звонка")
    client.post(f"/knowledge/{article.id}/archive")
    assert "may be out of date" in login(people.max).get(f"/knowledge/{article.id}").text
    assert "Цель звонка" not in login(people.max).get("/knowledge").text
    login(people.lidia).post(f"/knowledge/{article.id}/restore")
    assert "Цель звонка" in login(people.max).get("/knowledge").text


def test_a_draft_is_removed(session, login, people):
    draft = service.create_article(session, title="Скидки", by=people.lidia)
    session.commit()
    assert login(people.lidia).post(f"/knowledge/{draft.id}/remove").status_code == 303
    assert session.scalars(select(Article)).all() == []


def test_the_book_is_one_file_with_contents_and_every_use_is_logged(session, login, people, article):
    closing = service.create_article(session, title="Завершение", body="Шаг.", key="closing", by=people.lidia)
    service.publish_article(session, closing, by=people.lidia)
    session.commit()
    answer = login(people.lidia).post("/knowledge/export")
    assert answer.headers["Content-Disposition"] == "attachment; filename=knowledge.html"
    for part in ('<a href="#call_goal">', '<article id="closing">', '<a href="#closing">закончите</a>'):
        assert part in answer.text
    assert "break-before: page" in answer.text
    assert not re.search(r'(src|href)="(?!#)', answer.text)
    assert session.scalars(select(AuditEntry).where(AuditEntry.action == "export_knowledge")).one().by_id == (
        people.lidia.id
    )
    assert login(people.tanya).post("/knowledge/export").status_code == 403


def test_an_earlier_wording_can_be_read(session, login, people, article):
    service.save_article(
        session,
        article,
        title="Цель",
        body="Иначе.",
        key=article.key,
        parent=None,
        seen=article.updated_at,
        by=people.lidia,
    )
    service.publish_article(session, article, by=people.lidia)
    session.commit()
    client = login(people.max)
    assert "Иначе." in client.get(f"/knowledge/{article.id}").text
    assert "earlier wording" in client.get(f"/knowledge/{article.id}?wording=1").text
    assert client.get(f"/knowledge/{article.id}?wording=9").status_code == 404
    assert session.scalars(select(Wording.number).order_by(Wording.number)).all() == [1, 2]
