"""A QC lead at the checklist editor: writes a card from nothing and puts it in force, by keyboard."""

from collections.abc import Mapping, Sequence

from playwright.sync_api import Page, expect

SECTIONS = {"Приветствие": ("Поздоровался и назвал себя",), "Завершение": ("Договорился о следующем шаге",)}


def begin_card(page: Page, title: str, purpose: str = "Проверить разговор") -> None:
    """A new draft with title and purpose, the keyboard in its first section's title."""
    page.goto("/checklists/new-card")
    page.keyboard.type(title)
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit")
    expect(page.locator('.ed-about [data-field="purpose.ru"]')).to_be_focused()
    page.keyboard.type(purpose)
    page.locator(".ed-section-row .ed-title").focus()


def write_sections(page: Page, sections: Mapping[str, Sequence[str]]) -> None:
    """Sections with their items; Enter goes on from each to the next."""
    for place, (section, items) in enumerate(sections.items()):
        if place:
            page.locator('[data-do="add"][data-to="sections"]').press("Enter")
        page.keyboard.type(section)
        for item in items:
            page.keyboard.press("Enter")
            page.keyboard.type(item)


def publish(page: Page, *, shadow: bool = False) -> None:
    """Ctrl+Enter asks how, Enter does it; the card's page follows."""
    page.keyboard.press("Control+Enter")
    if shadow:
        page.locator('[name="mode"][value="shadow"]').check()
    page.locator('[data-part="publish"]').press("Enter")
    page.wait_for_url("**/checklists/*?version=*")


def make_card(page: Page, title: str, sections: Mapping[str, Sequence[str]] = SECTIONS) -> str:
    """A card of yes/no items, in force; its key."""
    begin_card(page, title)
    write_sections(page, sections)
    publish(page)
    return page.url.rsplit("/", 1)[-1].split("?")[0]
