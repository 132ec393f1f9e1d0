"""Every address of the product stands in ``routes.txt``: none is lost, renamed or added without being seen."""

from pathlib import Path

from flask import Flask

KNOWN = Path(__file__).with_name("routes.txt")


def test_the_addresses_are_those_written_down(app: Flask) -> None:
    """Methods, address and endpoint. What is new is added there; what others may have linked to is not removed."""
    now = {
        f"{','.join(sorted((rule.methods or set()) - {'HEAD', 'OPTIONS'})):8} {rule.rule} {rule.endpoint}"
        for rule in app.url_map.iter_rules()
    }
    known = set(KNOWN.read_text().splitlines())
    assert (sorted(now - known), sorted(known - now)) == ([], []), "new ones, and those that are gone"
