"""Waiting for what a page has to do first."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.waiting import until


def ready(page: Page) -> None:
    """The page's modules listen: keys pressed from here on are theirs."""
    expect(page.locator("body[data-started]")).to_be_attached()


def eventually(page: Page, script: str) -> Any:
    """What the script gives once it is true. Playwright's own waiting needs eval, which the pages' policy forbids."""
    return until(lambda: page.evaluate(script))
