"""The checklist editor in a real browser: a card from nothing by keyboard, and nothing that was typed is lost."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import select

from qcapp.checklists import documents
from qcapp.checklists.card_files import read_card
from qcapp.checklists.models import Checklist, ChecklistVersion, VersionState
from tests.e2e.conftest import ROOT, Installation
from tests.e2e.editing import begin_card, make_card, publish, write_sections
from tests.e2e.waiting import ready

SignIn = Callable[[str], Page]
SAVED = "Сохранено в"
SHIPPED = sorted((ROOT / "checklists").glob("*.yaml"))


@pytest.fixture
def page(sign_in: SignIn) -> Iterator[Page]:
    page = sign_in("lidia")
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None
    )
    yield page
    assert faults == []


def titles(page: Page) -> list[str]:
    return [field.input_value() for field in page.locator(".ed-item .ed-title").all()]


def saved(page: Page) -> None:
    expect(page.locator("[data-part=state]")).to_contain_text(SAVED)


def drag(page: Page, handle: Locator, target: Locator) -> None:
    """The mouse stays down over the target. Chromium says that anything is dragged over it from the second move on."""
    expect(page.locator("[data-part=state]")).to_have_attribute("data-state", "saved")
    handle.hover()
    page.mouse.down()
    target.hover(position={"x": 20, "y": 4})
    target.hover(position={"x": 24, "y": 4})


def test_a_card_from_nothing_by_keyboard(page: Page) -> None:
    begin_card(page, "Проверка редактора")
    write_sections(page, {"Приветствие": ("Поздоровался", "Представился"), "Цель": ("Назвал цель", "")})
    shares = page.locator(".ed-item [data-part=share]")
    expect(shares).to_have_text(["25 % оценки", "25 % оценки", "25 % оценки", "25 % оценки"])
    weight = page.locator('.ed-item [data-field="weight"]').nth(2)
    weight.fill("3")
    expect(shares).to_have_text(["25 % оценки", "25 % оценки", "37,5 % оценки", "12,5 % оценки"])
    saved(page)
    expect(page.locator(".editor-problems summary")).to_have_text("Исправить до публикации: 1")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Enter")
    empty = page.locator(".ed-item .ed-title").nth(3)
    expect(empty).to_be_focused()
    expect(page.locator(".editor-problems")).to_contain_text("Цель › Пункт 2 › Название не заполнено.")
    page.keyboard.type("Спросил, кто решает")
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    expect(empty).not_to_be_focused()
    assert titles(page) == ["Поздоровался", "Представился", "Спросил, кто решает", "Назвал цель"]
    saved(page)
    expect(page.locator(".editor-problems")).to_be_hidden()
    publish(page)
    expect(page.locator("main h1")).to_have_text("Проверка редактора")
    expect(page.locator(".flashes")).to_contain_text("Чек-лист действует.")
    expect(page.locator("#item-sprosil_kto_reshaet")).to_be_visible()


def test_all_about_an_item_is_kept(page: Page) -> None:
    make_card(page, "Всё о пункте")
    page.get_by_role("button", name="Изменить").click()
    page.wait_for_url("**/edit")
    ready(page)
    item = page.locator(".ed-item").first
    item.locator(".ed-title").focus()
    page.keyboard.press("Alt+Enter")
    item.locator('[data-field="kind"]').select_option("choice")
    add = item.locator('[data-to="options"]')
    add.press("Enter")
    page.keyboard.type("Нет")
    page.keyboard.press("Enter")
    page.keyboard.type("Полностью")
    page.keyboard.press("Tab")
    page.keyboard.type("2")
    item.locator('[data-field="critical"]').select_option("call")
    item.locator('[data-answer="polnostyu"] textarea').first.fill("Имя и компания")
    item.locator('[data-to="reasons"]').press("Enter")
    page.keyboard.type("Забыл")
    item.locator('[data-to="guide.examples"]').press("Enter")
    item.locator('[data-field="answer"]').select_option("polnostyu")
    item.locator('[data-field="quote.ru"]').fill("«Здравствуйте, это Ирина»")
    item.get_by_text("Только для некоторых звонков").click()
    item.get_by_label("исходящие").check()
    saved(page)
    page.reload()
    ready(page)
    item = page.locator(".ed-item").first
    item.locator("[data-do=fold]").click()
    expect(item.locator("[data-part=badge-critical]")).to_have_text("обнуляет звонок")
    expect(item.locator('[data-answer="polnostyu"] textarea').first).to_have_value("Имя и компания")
    expect(item.locator('[data-field="answer"]')).to_have_value("polnostyu")
    expect(item.locator('[data-list="reasons"] [data-field="title.ru"]')).to_have_value("Забыл")
    expect(item.locator('[data-set="applies_to.direction"] input').first).to_be_checked()
    expect(page.locator(".editor-problems")).to_be_hidden()


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_card_goes_through_the_page_without_loss(
    page: Page, installation: Installation, file: Path
) -> None:
    page.goto(f"/checklists/{file.stem}")
    page.get_by_role("button", name="Изменить").click()
    page.wait_for_url("**/edit")
    ready(page)
    page.locator("[data-part=owner]").select_option(label="Лидия Орлова")
    saved(page)
    expect(page.locator(".editor-problems")).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    database = installation.database()
    with database.reading() as session:
        draft = session.scalars(
            select(ChecklistVersion)
            .join(Checklist)
            .where(Checklist.key == file.stem, ChecklistVersion.state == VersionState.DRAFT)
        ).one()
        assert draft.document is not None
        assert documents.read(draft.document).card == read_card(file)
    database.engine.dispose()


def test_what_is_removed_comes_back_and_a_copy_is_a_thing_of_its_own(page: Page) -> None:
    begin_card(page, "Порядок")
    write_sections(page, {"Раздел": ("Один", "Два", "Три")})
    page.keyboard.press("Alt+Delete")
    assert titles(page) == ["Один", "Два"]
    page.keyboard.press("Enter")
    assert titles(page) == ["Один", "Два", "Три"]
    page.keyboard.press("Alt+Shift+ArrowDown")
    assert titles(page) == ["Один", "Два", "Три", "Три"]
    drag(page, page.locator(".ed-item [data-part=handle]").nth(3), page.locator(".ed-item").first)
    expect(page.locator(".ed-item .ed-title").first).to_have_value("Три")
    page.mouse.up()
    assert titles(page) == ["Три", "Один", "Два", "Три"]
    publish(page)
    expect(page.locator("#item-tri, #item-tri_2")).to_have_count(2)


def test_what_could_not_be_sent_is_restored(page: Page) -> None:
    begin_card(page, "Без связи")
    saved(page)

    def cut(route: Route) -> None:
        route.abort("connectionfailed")

    page.route("**/save*", cut)
    page.keyboard.type("Потерянный раздел")
    expect(page.locator("[data-part=state]")).to_contain_text("Нет связи")
    address = page.url
    page.goto("/checklists/")
    page.unroute("**/save*", cut)
    page.goto(address)
    expect(page.locator(".ed-section-row .ed-title")).to_have_value("Потерянный раздел")
    expect(page.locator("[data-part=state]")).to_contain_text("охранено")


@pytest.mark.parametrize(("decision", "kept"), [("theirs", "Первое окно"), ("mine", "Второе окно")])
def test_a_second_window_is_asked_before_anything_is_overwritten(
    page: Page, decision: str, kept: str
) -> None:
    begin_card(page, f"Два окна {decision}")
    saved(page)
    second = page.context.new_page()
    second.goto(page.url)
    expect(second.locator(".ed-section-row .ed-title")).to_be_visible()
    page.bring_to_front()
    page.locator(".ed-section-row .ed-title").fill("Первое окно")
    saved(page)
    expect(page.locator("[data-part=state]")).to_have_attribute("data-state", "saved")
    second.bring_to_front()
    second.locator(".ed-section-row .ed-title").fill("Второе окно")
    expect(second.locator("[data-part=conflict]")).to_be_visible()
    second.locator(f"[data-conflict={decision}]").click()
    expect(second.locator("[data-part=conflict]")).to_be_hidden()
    expect(second.locator(".ed-section-row .ed-title")).to_have_value(kept)
