"""Real faults of the house the product lives in, and their end: for tests of what cannot be done now."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CAPABILITIES_3 = 0x20080522
_READ_ANYTHING = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


@contextmanager
def without(folder: Path) -> Iterator[None]:
    """A folder whose disk is gone: something else is in its place, and nothing can be read or written below."""
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(folder.name + ".aside")
    folder.rename(aside)
    folder.write_text("in the way")
    yield
    folder.unlink()
    aside.rename(folder)


@contextmanager
def unreadable(file: Path) -> Iterator[None]:
    """A file that may not be read, not even by root, under whom the tests may run."""
    file.chmod(0)
    with _rights_of_everybody():
        yield
    file.chmod(0o600)


@contextmanager
def _rights_of_everybody() -> Iterator[None]:
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0)
    rights = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; and the same for numbers above 31
    assert libc.capget(header, rights) == 0, os.strerror(ctypes.get_errno())
    before = rights[0]
    rights[0] = before & ~_READ_ANYTHING
    assert libc.capset(header, rights) == 0, os.strerror(ctypes.get_errno())
    yield
    rights[0] = before
    assert libc.capset(header, rights) == 0, os.strerror(ctypes.get_errno())
