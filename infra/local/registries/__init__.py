"""A simulator of RENIEC and SUNAT as PIDE offers them, with synthetic people and companies; docs/registros.md."""
