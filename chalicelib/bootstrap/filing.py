"""What the filing window needs: the catalogue of procedures."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.institution import office_store
from chalicelib.bootstrap.sender import institution_store
from chalicelib.services.filing.read_catalogue import CatalogueTools
from chalicelib.store.filing.procedure_store import ProcedureStore


@made_once
def procedure_store(box: Container) -> ProcedureStore:
    """The catalogues of procedures."""
    return ProcedureStore(connection(box))


@made_once
def catalogue_tools(box: Container) -> CatalogueTools:
    """What everybody may read of them."""
    return CatalogueTools(procedure_store(box), institution_store(box), office_store(box))
