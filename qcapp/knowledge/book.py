"""The book of sales: every published article in one HTML file with contents, to read anywhere and to print."""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from flask import current_app, render_template
from markupsafe import Markup

from qcapp.knowledge.markdown import rendered
from qcapp.knowledge.models import Wording

_INSIDE = re.compile(r'href="/knowledge/(?:key/)?([a-z0-9_-]+)"')


def as_html(pages: Sequence[tuple[int, Wording]], moment: datetime) -> str:
    """The file; links from one article to another lead to its place in it, other links of the product nowhere."""
    inside = {wording.article.key for _depth, wording in pages}
    ids = {str(wording.article_id): wording.article.key for _depth, wording in pages}

    def anchor(found: re.Match[str]) -> str:
        key = ids.get(found[1], found[1])
        return f'href="#{key}"' if key in inside else ""

    style = Path(current_app.static_folder or "") / "css" / "book.css"
    return render_template(
        "knowledge/book.html",
        moment=moment,
        style=Markup(style.read_text(encoding="utf-8")),  # noqa: S704 (our own file)
        pages=[
            (depth, wording, Markup(_INSIDE.sub(anchor, rendered(wording.body))))  # noqa: S704 (rendered)
            for depth, wording in pages
        ],
    )
