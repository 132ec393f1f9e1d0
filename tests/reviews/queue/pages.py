"""A page as the tests read it: the rows of its tables, and its text."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """``rows``: the cells of every table's body, as texts; ``words``: all text, with single blanks."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.rows: list[list[str]] = []
        self._words: list[str] = []
        self._in_body = self._in_cell = False
        self.feed(html)

    @property
    def words(self) -> str:
        return " ".join(self._words)

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        if tag == "tbody":
            self._in_body = True
        elif tag == "tr" and self._in_body:
            self.rows.append([])
        elif tag in ("td", "th") and self._in_body:
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "tbody":
            self._in_body = False
        elif tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        words = data.split()
        self._words += words
        if self._in_cell and words:
            self.rows[-1][-1] = " ".join([self.rows[-1][-1], *words]).strip()
