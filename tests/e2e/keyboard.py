"""A person at a keyboard with the Russian layout, whose key presses are counted."""

from playwright.sync_api import CDPSession, Page

RUSSIAN = dict(zip("qwertyuiop[]asdfghjkl;'zxcvbnm,.", "йцукенгшщзхъфывапролджэячсмитьбю", strict=True))
LATIN = {letter: key for key, letter in RUSSIAN.items()}
NAMED = {"Enter": 13, "Space": 32, "Escape": 27, "ArrowRight": 39, "ArrowLeft": 37}
CODES = {"[": "BracketLeft", "]": "BracketRight", "-": "Minus"}
CTRL = 2


class Keyboard:
    """``press`` counts as one key, ``write`` as as many as the text has characters."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.browser: CDPSession = page.context.new_cdp_session(page)
        self.keys = 0
        self.characters = 0

    def press(self, key: str, *, ctrl: bool = False) -> None:
        """A key by its place on the board: ``y`` is the key a Russian layout calls «н»."""
        self.keys += 1
        named = key in NAMED
        code = key if named else CODES.get(key) or (f"Digit{key}" if key.isdigit() else f"Key{key.upper()}")
        letter = {"Space": " ", "Enter": "\r"}.get(key, RUSSIAN.get(key, key) if not named else "")
        name = " " if key == "Space" else key if named else letter
        self._send(
            code, name, "" if ctrl else letter, NAMED.get(key) or ord(key.upper()), CTRL if ctrl else 0
        )

    def write(self, text: str) -> None:
        """Every letter by its key, as nobody's input method would."""
        self.characters += len(text)
        for letter in text:
            key = LATIN.get(letter.lower(), letter)
            plain = key.isascii() and key.isalpha()
            code = "Space" if letter == " " else f"Key{key.upper()}" if plain else ""
            # The numbers of other signs are those of keys such as Delete.
            self._send(code, letter, letter, ord(key.upper()) if plain or letter == " " else 0, 0)

    def _send(self, code: str, name: str, text: str, number: int, modifiers: int) -> None:
        event = {"code": code, "key": name, "windowsVirtualKeyCode": number, "modifiers": modifiers}
        self.browser.send(
            "Input.dispatchKeyEvent", {"type": "keyDown", **event, **({"text": text} if text else {})}
        )
        self.browser.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})
