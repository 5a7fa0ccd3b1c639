"""The planter's tests are slow proofs, which have the tools of those who change the code; `make test` has not."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("mutmut") else ["test_plant.py"]
