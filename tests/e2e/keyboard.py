"""A person at a keyboard with the Russian layout, whose key presses are counted."""

from playwright.sync_api import CDPSession, Page

RUSSIAN = dict(zip("qwertyuiop[]asdfghjkl;'zxcvbnm,.", "йцукенгшщзхъфывапролджэячсмитьбю", strict=True))
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
        letter = {"Space": " ", "Enter": "\r"}.get(key, RUSSIAN.get(key, key) if not named else "")
        event = {
            "code": key
            if named
            else CODES.get(key) or (f"Digit{key}" if key.isdigit() else f"Key{key.upper()}"),
            "key": " " if key == "Space" else key if named else letter,
            "windowsVirtualKeyCode": NAMED.get(key) or ord(key.upper()),
            "modifiers": CTRL if ctrl else 0,
        }
        text = {} if ctrl or not letter else {"text": letter}
        self.browser.send("Input.dispatchKeyEvent", {"type": "keyDown", **event, **text})
        self.browser.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})

    def write(self, text: str) -> None:
        self.characters += len(text)
        self.page.keyboard.type(text)
