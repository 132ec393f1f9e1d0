"""What the form of a page sends of what the page has shown."""

import re

from flask.testing import FlaskClient


def shown(client: FlaskClient, page: str) -> dict[str, str]:
    """The newest decision that somebody who has opened this page knows."""
    found = re.search(r'name="seen" value="(\d+)"', client.get(page).text)
    assert found, page
    return {"seen": found[1]}
