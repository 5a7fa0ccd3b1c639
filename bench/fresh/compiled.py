"""Compile the floor's templates as a package's are: sources by name in, bytecode by name out, both by marshal."""

import marshal
import sys

from bench.fresh.floor import environment


def main() -> None:
    """Compile them."""
    sources = marshal.load(sys.stdin.buffer)
    compiled = {name: marshal.dumps(environment().compile(source, name, name)) for name, source in sources.items()}
    sys.stdout.buffer.write(marshal.dumps(compiled))
