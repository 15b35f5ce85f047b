"""A server that sends mail, and what becomes of one message given to it."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

from ingest.mail.intake.mail_settings import AcknowledgementSettings, MailError

# `later`: certainly not sent, and worth another try. `unknown`: the line broke when the server had it all, perhaps.
Outcome = Literal["sent", "refused", "later", "unknown"]
_BROKEN = (smtplib.SMTPServerDisconnected, OSError)


@contextmanager
def smtp_line(settings: AcknowledgementSettings) -> Iterator[smtplib.SMTP]:
    """A line to the server, private and signed in as the settings say; closed at the end.

    Raises:
        MailError: the server is away, is not trusted, or does not let us in.
    """
    line = _connect(settings)
    try:
        _sign_in(line, settings)
        yield line
    finally:
        with suppress(smtplib.SMTPException, OSError):
            line.quit()
        line.close()


def _connect(settings: AcknowledgementSettings) -> smtplib.SMTP:
    host, port, timeout = settings.host, settings.port_for("smtp"), settings.timeout_seconds
    try:
        if settings.security == "tls":
            return smtplib.SMTP_SSL(host, port, timeout=timeout, context=settings.trust())
        line = smtplib.SMTP(host, port, timeout=timeout)
        if settings.security == "starttls":
            line.starttls(context=settings.trust())
        return line
    except ssl.SSLCertVerificationError as error:
        raise MailError(
            f"The certificate of {host} is not trusted ({error.verify_message}); name its authority in 'ca_file'."
        ) from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailError(
            f"The mail server {host}:{port} cannot be reached ({type(error).__name__}); acknowledgements wait, run it "
            "again later."
        ) from None


def _sign_in(line: smtplib.SMTP, settings: AcknowledgementSettings) -> None:
    try:
        line.ehlo_or_helo_if_needed()
        if settings.username is None:
            return
        secret = settings.secret()
        if settings.token_file:
            said = f"user={settings.username}\1auth=Bearer {secret}\1\1"
            # A challenge holds the reason of a refusal, which an empty answer ends.
            line.auth("XOAUTH2", lambda challenge=None: said if challenge is None else "")
        else:
            line.login(settings.username, secret)
    except (smtplib.SMTPException, OSError):
        file = settings.password_file or settings.token_file
        raise MailError(
            f"The mail server {settings.host} does not let its user in; check 'username' and {file} of "
            "[mail.acknowledgement]."
        ) from None


def give(line: smtplib.SMTP, settings: AcknowledgementSettings, address: str, content: bytes) -> Outcome:
    """Give one message to the server.

    Raises:
        MailError: the server refuses the sender, as it would for every message.
    """
    try:
        code, _ = line.mail(settings.return_path)
        if code // 100 == 5:
            raise MailError(
                f"The mail server {settings.host} takes no mail from '{settings.return_path}'; set 'return_path' in "
                "[mail.acknowledgement] to an address of its own."
            )
        if code // 100 == 2:
            code, _ = line.rcpt(address)
        if code // 100 != 2:
            line.rset()
            return _refused_or_later(code)
    except _BROKEN:
        return "later"
    try:
        code, _ = line.data(content)
    except smtplib.SMTPDataError as error:
        # The server did not want to hear it.
        return _refused_or_later(error.smtp_code)
    except _BROKEN:
        return "unknown"
    return "sent" if code // 100 == 2 else _refused_or_later(code)


def _refused_or_later(code: int) -> Outcome:
    return "refused" if code // 100 == 5 else "later"
