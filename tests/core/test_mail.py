"""E-mail over encrypted connections, to a real SMTP server whose certificate this test signs itself."""

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from qcapp.core import clock, mail


class Inbox:
    """What the server has taken, and whether the connection was encrypted by then."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], bool]] = []

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append((envelope.rcpt_tos, session.ssl is not None))
        return "250 OK"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Key and certificate of 127.0.0.1 in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail of the tests")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "mail.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def serve() -> Iterator[Callable[..., int]]:
    """``serve(inbox, …)`` starts a server with these options and gives its port."""
    running: list[Controller] = []

    def start(inbox: Inbox, **options: object) -> int:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port: int = free.getsockname()[1]
        controller = Controller(inbox, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        return port

    yield start
    for controller in running:
        controller.stop()


def send(url: str) -> None:
    mail.send(url, sender="qc@example.com", to="max@example.com", subject="Оценка", text="Тело\n", key="1")


def test_encryption_is_used_where_the_server_offers_it(
    serve: Callable[..., int], tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    inbox = Inbox()
    send(f"smtp://127.0.0.1:{serve(inbox, tls_context=tls, require_starttls=True)}")
    assert inbox.taken == [(["max@example.com"], True)]


def test_a_server_nobody_vouches_for_gets_nothing(serve: Callable[..., int], tls: ssl.SSLContext) -> None:
    inbox = Inbox()
    port = serve(inbox, tls_context=tls)
    with pytest.raises(ssl.SSLCertVerificationError):
        send(f"smtp://127.0.0.1:{port}")
    assert inbox.taken == []


def test_smtps_is_encrypted_from_the_beginning(
    serve: Callable[..., int], tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    inbox = Inbox()
    # The server's own trial connection at its start trusts the certificate by the same variable.
    port = serve(inbox, ssl_context=tls)
    send(f"smtps://127.0.0.1:{port}")
    assert [to for to, _encrypted in inbox.taken] == [["max@example.com"]]


def test_without_encryption_on_offer_it_is_sent_all_the_same(serve: Callable[..., int]) -> None:
    inbox = Inbox()
    send(f"smtp://127.0.0.1:{serve(inbox)}")
    assert inbox.taken == [(["max@example.com"], False)]
