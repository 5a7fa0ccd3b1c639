"""An institution's own e-mail, by which it is told what its coordinators might not tell it."""

from __future__ import annotations

from chalicelib.domain.sender.institution import Institution
from chalicelib.store.agreement.agreement_store import AgreementStore
from chalicelib.store.agreement.application_store import ApplicationStore


def institution_address(institution: Institution, *, agreements: AgreementStore, applications: ApplicationStore) -> str:
    """Return where its digest goes, else whence its application came, else its first contact's; empty: none is known.

    Raises:
        Unavailable: `store_unavailable`.

    """
    if institution.digest_email:
        return institution.digest_email
    agreement = agreements.find(institution.institution_id)
    if agreement is not None and agreement.application_id is not None:
        application = applications.find(agreement.application_id)
        if application is not None:
            return application.email
    return next((one.email for one in institution.contacts if one.email), "")
