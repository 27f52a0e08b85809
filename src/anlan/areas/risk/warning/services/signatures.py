"""Check the signatures of messages against the certificates that are trusted for their senders."""

from django.utils import timezone

from anlan.areas.risk.warning.models import TrustedCertificate
from anlan.areas.risk.warning.models.registers import matches
from anlan.protocols import cap


def check_signature(document: bytes, sender: str) -> tuple[str, str]:
    """The state of a message's signature, and who signed or why it does not count."""
    trusted = [one for one in TrustedCertificate.objects.filter(is_enabled=True) if matches(one.senders, sender)]
    verdict = cap.verify(document, [one.certificate for one in trusted], at=timezone.now())
    if verdict.certificate is not None:
        signer = trusted[verdict.certificate]
        return verdict.state, f"{signer.name}（{signer.subject}）"
    return verdict.state, verdict.reason
