"""What is wrong with a PDF, in words that name the thing and the place, and never tell anyone to save it again.

Who holds a signed PDF would destroy the signature by printing or saving it, and whoever reads the message may not know
that it is signed. So the advice is the same for all: make the document anew, and sign it anew if it was signed.
"""

from __future__ import annotations

from chalicelib.domain.errors import InvalidInput, refusal_of

MAKE_ANEW = "Genere de nuevo el PDF desde el documento original y, si estaba firmado, fírmelo de nuevo."
_LEAVE_OUT = "No se admite. Genere de nuevo el PDF sin eso y, si estaba firmado, fírmelo de nuevo."
_MOST_TOLD = 20
_LONGEST_QUOTE = 120


def too_complex(what: str = "El PDF") -> InvalidInput:
    """Return the refusal of a PDF that would keep its readers at work; `what` begins the sentence."""
    detail = f"{what} es más grande o complejo de lo que un lector puede abrir. Divida el documento o redúzcalo. "
    return InvalidInput("pdf_too_complex", detail + MAKE_ANEW)


def damaged(what: str) -> InvalidInput:
    """Return the refusal of a PDF that readers would not show as its author wrote it; `what` is a sentence."""
    return InvalidInput("pdf_damaged", f"{what}. {MAKE_ANEW}")


def two_encryptions() -> InvalidInput:
    """Return the refusal of a document that readers decrypt in different ways."""
    return damaged("El PDF está dañado: dice de dos modos distintos cómo está cifrado, o sus datos no lo están así")


def quoted(text: str) -> str:
    """Return what a file says as a message can repeat it: short, with control characters written out."""
    shown = "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in text[: _LONGEST_QUOTE + 1])
    return f"«{shown[:_LONGEST_QUOTE]}…»" if len(shown) > _LONGEST_QUOTE else f"«{shown}»"


def shown_name(name: str) -> str:
    """Return a name with its slash as a message can repeat it, without quotes."""
    return quoted(name)[1:-1]


class Findings:
    """Everything wrong that was found so far, each thing once."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._problems: dict[tuple[str, str], InvalidInput] = {}
        self._left_out = 0

    def __bool__(self) -> bool:
        """Tell whether anything was found."""
        return bool(self._problems)

    def add(self, problem: InvalidInput) -> None:
        """Keep one, unless it was said already or very many were."""
        key = (problem.code, problem.detail)
        if key not in self._problems and len(self._problems) >= _MOST_TOLD:
            self._left_out += 1
        else:
            self._problems.setdefault(key, problem)

    def acts(self, where: str, what: str) -> None:
        """Keep that something acts or leads outside; `where` begins the sentence, e.g. `Página 3`."""
        self.add(InvalidInput("pdf_active_content", f"{where}: {what}. {_LEAVE_OUT}"))

    def carries(self, where: str, what: str, remedy: str) -> None:
        """Keep that the document carries a file it may not."""
        self.add(InvalidInput("pdf_embedded_file", f"{where}: {what}. {remedy}"))

    def refuse(self) -> None:
        """Refuse if anything was found.

        Raises:
            InvalidInput: the first problem, carrying all of them.

        """
        if not self._problems:
            return
        problems = list(self._problems.values())
        if self._left_out:
            last = problems[-1]
            problems[-1] = InvalidInput(last.code, f"{last.detail} Hay {self._left_out} problemas más como estos.")
        raise refusal_of(tuple(problems))
