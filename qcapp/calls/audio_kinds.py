"""Which kinds of files are recordings, and the sentence for each kind that is not."""

import re
from typing import NoReturn

from qcapp.core.errors import Refused
from qcapp.core.i18n import _

# FFmpeg's own names of the demuxers that may be used at all.
FORMATS = "wav,w64,aiff,au,caf,mp3,aac,flac,ogg,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,amr,asf"
# Headerless telephone codecs, which nothing but the file's extension can tell apart.
RAW_FORMATS = {
    ".g722": "g722",
    ".gsm": "gsm",
    ".ulaw": "mulaw",
    ".ul": "mulaw",
    ".alaw": "alaw",
    ".al": "alaw",
    ".sln": "sln",
}
# What Asterisk writes under these names; FFmpeg's own default would be 44 100 Hz.
_ASTERISK = {"sample_rate": "8000", "ch_layout": "mono"}
RAW_OPTIONS = {"mulaw": _ASTERISK, "alaw": _ASTERISK, "sln": _ASTERISK}
_MAGIC = re.compile(
    rb"RIFF|RF64|riff|OggS|fLaC|FORM|\.snd|caff|ID3|\x1aE\xdf\xa3|#!AMR|\x30\x26\xb2\x75|\xff\xfb|\xff\xf3|....ftyp",
    re.DOTALL,
)
_PLAYLIST = re.compile(
    rb"\s*(#EXTM3U|ffconcat|\[playlist\]|<\?xml[^>]*>\s*<(MPD|asx|playlist))", re.IGNORECASE
)
_WEB_PAGE = re.compile(rb"\s*<(!doctype|html|head|body|\?xml)", re.IGNORECASE)
_ARCHIVES = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def starts_like_a_container(head: bytes) -> bool:
    """Whether the first bytes belong to a format with a header, whatever the file is called."""
    return _MAGIC.match(head) is not None


def refuse_text(head: bytes) -> None:
    """Refuse text before FFmpeg sees it: raw, it would become noise; a playlist would open other files."""
    if _PLAYLIST.match(head):
        raise Refused(_("The file is a playlist, not a recording. Import the recordings it names."))
    if _WEB_PAGE.match(head):
        raise Refused(
            _("The file is a web page under the name of a recording. Check the link it was fetched from.")
        )
    if len(head) > 3 and not _CONTROL.search(head) and _is_text(head):
        raise Refused(_("The file holds text, not sound. Choose the recording itself."))


def _is_text(head: bytes) -> bool:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4  # a letter cut in two at the end of what was read
    return True


def refuse_unreadable(head: bytes) -> NoReturn:
    """Say what an unreadable file is, as far as its first bytes tell."""
    if head.startswith(_ARCHIVES):
        raise Refused(_("The file is an archive. Unpack it and import the recordings in it.")) from None
    if head.startswith(_PICTURES):
        raise Refused(_("The file is a picture or a document, not a recording.")) from None
    if starts_like_a_container(head):
        raise Refused(
            _("The recording is damaged or in a codec that is not supported. Export it again as WAV or MP3.")
        ) from None
    raise Refused(_("The file is not a recording in a known format. Export it as WAV or MP3.")) from None
