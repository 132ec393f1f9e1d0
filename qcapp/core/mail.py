"""Sending one e-mail by SMTP. The server is one URL: smtp://user:password@host:587 (STARTTLS where the server offers
it), or smtps://host:465 (TLS from the beginning).
"""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

TIMEOUT_S = 20
PORTS = {"smtp": 587, "smtps": 465}


def send(url: str, *, sender: str, to: str, subject: str, text: str, key: str) -> None:
    """Hand one plain message to the server. Raises ``OSError`` (``smtplib.SMTPException`` is one) if it will not.

    The same ``key`` makes the same message id, by which a message that is sent again is known as the same.
    """
    server = urlsplit(url)
    message = EmailMessage()
    message["From"] = sender or unquote(server.username or "") or f"qcapp@{server.hostname}"
    message["To"] = to
    message["Subject"] = " ".join(subject.split())
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{key}@{parseaddr(message['From'])[1].rpartition('@')[2] or server.hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    with _connected(server) as connection:
        if server.username:
            connection.login(unquote(server.username), unquote(server.password or ""))
        connection.send_message(message)


def _connected(server: SplitResult) -> smtplib.SMTP:
    host, port = server.hostname or "localhost", server.port or PORTS.get(server.scheme, PORTS["smtp"])
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
    connection = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
    try:
        connection.ehlo()
        if connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
    except BaseException:
        connection.close()
        raise
    return connection
