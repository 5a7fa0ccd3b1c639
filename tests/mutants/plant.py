"""Mutants of a module: its source with one small defect each, made by mutmut's operators.

Unlike mutmut itself this mutates module constants, decorated functions and properties too: a lifetime or a closing
hour is as easily wrong as a comparison. Left alone are annotations, decorators, docstrings, and sentences, which are
proofread and not tested.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider, WhitespaceInclusivePositionProvider
from mutmut.mutation.mutators import mutation_operators


@dataclass(frozen=True, slots=True)
class Mutant:
    """One defect: where it stands, the text as it was and as it becomes, and the whole source with it.

    `lines` are those of what was changed. `scope` is the function's name, with its class, and `body` its lines; both
    are empty on a module's or a class's own level. `name` stays when lines move; `nth` tells it from those before it
    that read alike.
    """

    path: str
    lines: range
    scope: str
    body: range
    was: str
    becomes: str
    source: str
    nth: int = 1

    @property
    def name(self) -> str:
        """The change as one line of text."""
        return f"{self.scope or 'module'}: {self.was} -> {self.becomes}" + (f" ({self.nth})" if self.nth > 1 else "")


def mutants_of(path: Path, root: Path) -> list[Mutant]:
    """Return every mutant of a file that differs from it and compiles, in the file's order, each once."""
    source = path.read_text("utf-8")
    wrapper = MetadataWrapper(cst.parse_module(source))
    seeker = _Seeker()
    wrapper.visit(seeker)
    found: dict[str, Mutant] = {}
    tree = ast.dump(ast.parse(source))
    begins = list(accumulate((len(line) for line in source.splitlines(keepends=True)), initial=0))
    for place, node, changed in seeker.found:
        text = _swapped(source, begins, place, node, changed) or wrapper.module.visit(_Swap(node, changed)).code
        if text not in found and _differs(text, tree):
            was, becomes = _change(source, text)
            found[text] = Mutant(str(path.relative_to(root)), place.lines, place.scope, place.body, was, becomes, text)
    alike = Counter[str]()
    named = []
    for mutant in found.values():
        alike[mutant.name] += 1
        named.append(replace(mutant, nth=alike[mutant.name]))
    return named


@dataclass(frozen=True, slots=True)
class _Place:
    lines: range
    scope: str
    body: range
    span: CodeRange
    """With the whitespace that belongs to it."""


def _swapped(source: str, begins: list[int], place: _Place, node: cst.CSTNode, changed: cst.CSTNode) -> str:
    """Return the source with a node's own text changed; empty where that is not all that stands there.

    A module's tree has as many nodes as it may have mutants: to write it all anew for each takes minutes.
    """
    start, end = (begins[at.line - 1] + at.column for at in (place.span.start, place.span.end))
    if source[start:end] != _NO_MODULE.code_for_node(node):
        return ""
    return source[:start] + _NO_MODULE.code_for_node(changed) + source[end:]


_NO_MODULE = cst.Module([])


class _Seeker(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider, WhitespaceInclusivePositionProvider)

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[_Place, cst.CSTNode, cst.CSTNode]] = []
        self._scopes: list[cst.FunctionDef | cst.ClassDef] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Annotation | cst.Decorator | cst.Import | cst.ImportFrom) or _is_prose(node):
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._scopes.append(node)
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                self.found += [(self._place(node), node, changed) for changed in operator(node)]
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if self._scopes and self._scopes[-1] is original_node:
            self._scopes.pop()

    def _place(self, node: cst.CSTNode) -> _Place:
        name = ".".join(scope.name.value for scope in self._scopes)
        within = [scope.body for scope in self._scopes if isinstance(scope, cst.FunctionDef)]
        body = self._span(within[0]) if within else range(0)
        return _Place(self._span(node), name, body, self.get_metadata(WhitespaceInclusivePositionProvider, node))

    def _span(self, node: cst.CSTNode) -> range:
        span = self.get_metadata(PositionProvider, node)
        return range(span.start.line, span.end.line + 1)


class _Swap(cst.CSTTransformer):
    def __init__(self, old: cst.CSTNode, new: cst.CSTNode) -> None:
        super().__init__()
        self._old = old
        self._new = new

    def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> cst.CSTNode:  # type: ignore[override]
        return self._new if original_node is self._old else updated_node


def _is_prose(node: cst.CSTNode) -> bool:
    """Tell a docstring or a sentence: what is written for people."""
    if isinstance(node, cst.FormattedString | cst.ConcatenatedString):
        return " " in "".join(part.value for part in _texts(node))
    if isinstance(node, cst.Expr):
        return isinstance(node.value, cst.SimpleString)
    return isinstance(node, cst.SimpleString) and node.value.strip("\"'").count(" ") > 1


def _texts(node: cst.CSTNode) -> Iterator[cst.FormattedStringText | cst.SimpleString]:
    for child in node.children:
        if isinstance(child, cst.FormattedStringText | cst.SimpleString):
            yield child
        elif isinstance(child, cst.FormattedString | cst.ConcatenatedString):
            yield from _texts(child)


def _differs(text: str, tree: str) -> bool:
    try:
        return ast.dump(ast.parse(text)) != tree
    except SyntaxError:
        return False


def _change(source: str, text: str) -> tuple[str, str]:
    before, after = source.splitlines(), text.splitlines()
    start, end, shared = 0, 0, min(len(before), len(after))
    while start < shared and before[start] == after[start]:
        start += 1
    while end < shared - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return _joined(before[start : len(before) - end]), _joined(after[start : len(after) - end])


def _joined(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())
