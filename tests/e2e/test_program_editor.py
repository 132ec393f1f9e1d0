"""The editor of programs in a real browser: lessons and conditions by keyboard, and nothing typed is lost."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from qcapp.onboarding.program import files as program_files
from qcapp.onboarding.program import plan as program
from qcapp.onboarding.program import versions as program_versions
from qcapp.terms import ConditionKind, Stage
from tests.e2e.conftest import ROOT, Installation
from tests.e2e.waiting import ready

SignIn = Callable[[str], Page]
SHIPPED = ROOT / "checklists" / "onboarding" / "standard.yaml"


@pytest.fixture
def page(installation: Installation, sign_in: SignIn) -> Iterator[Page]:
    """The draft of the program, opened by the QC lead."""
    with installation.database().transaction() as session:
        program_versions.load_program(session, program_files.read_program(SHIPPED), by=None)
    page = sign_in("lidia")
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None
    )
    page.goto("/programs/standard")
    page.get_by_role("button", name="Изменить").click()
    page.wait_for_url("**/programs/standard/edit")
    ready(page)
    yield page
    assert faults == []


def saved(page: Page) -> None:
    expect(page.locator("[data-part=state]")).to_contain_text("Сохранено в")


def test_a_program_is_changed_and_published_by_keyboard(page: Page, installation: Installation) -> None:
    product = page.locator("[data-stage]").first
    product.locator("[data-to=lessons]").press("Enter")
    page.keyboard.type("Книга продаж")
    page.keyboard.press("Alt+ArrowUp")
    lessons = product.locator('[data-list=lessons] [data-field="title.ru"]')
    assert [field.input_value() for field in lessons.all()][2:] == [
        "Книга продаж",
        "CRM: карточка клиента и обязательные поля",
    ]
    product.locator("[data-to=conditions]").press("Enter")
    page.keyboard.press("ArrowDown")
    added = product.locator("[data-list=conditions] > [data-node]").last
    added.locator("select").select_option("sale")
    expect(page.locator(".editor-problems summary")).to_have_text("Исправить до публикации: 1")
    page.keyboard.press("Control+Enter")
    page.locator("[data-part=publish]").press("Enter")
    count = added.locator("[data-field=count]")
    expect(count).to_be_focused()
    page.keyboard.type("2")
    saved(page)
    page.keyboard.press("Control+Enter")
    page.locator("[data-part=publish]").press("Enter")
    page.wait_for_url("**/programs/standard")
    expect(page.locator("main")).to_contain_text("Подтверждено продаж: 2")
    with installation.database().reading() as session:
        plan = program.read(program_versions.version_of(session, "standard").document).plan(Stage.PRODUCT)
    assert [lesson.key for lesson in plan.lessons] == ["company_rules", "product", "kniga_prodazh", "crm"]
    assert (plan.conditions[-1].kind, plan.conditions[-1].count) == (ConditionKind.SALE, 2)


def test_two_windows_ask_before_one_replaces_the_other(page: Page) -> None:
    other = page.context.new_page()
    other.goto("/programs/standard/edit")
    ready(other)
    days = "[data-stage]:last-child [data-field=days]"
    other.locator(days).fill("9")
    saved(other)
    page.locator(days).fill("5")
    conflict = page.locator("[data-part=conflict]")
    expect(conflict).to_be_visible()
    page.locator("[data-conflict=mine]").press("Enter")
    saved(page)
    other.reload()
    expect(other.locator(days)).to_have_value("5")
