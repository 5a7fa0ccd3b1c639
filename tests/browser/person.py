"""Somebody at a browser: sees pages and the outbox, and every page seen is checked and photographed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, Response

from tests.browser_requests import check_html
from tests.local_run import Run, wait_until

_AXE = Axe()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PHONE, DESK = 320, 1280
_SMALLEST_TARGET = 24
"""CSS pixels a side, by WCAG 2.2, 2.5.8; the portal's own aim for buttons and fields is 44."""


@dataclass
class Person:
    """One person with one browser; `seen` counts the pages."""

    page: Page
    run: Run
    shots: Path
    has_script: bool
    seen: list[str] = field(default_factory=list)
    sent: Response | None = None
    """The page as the service sent it, before scripts added to it."""

    def __post_init__(self) -> None:
        """Watch what is sent."""
        self.page.on("response", self._remember)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.run.port}"

    def open(self, address: str) -> None:
        self.page.goto(address if address.startswith("http") else f"{self.base}{address}")

    def look(self, name: str) -> None:
        """Hold the page that is open to what every page has to be, and take its picture on a phone and a desk."""
        page = self.page
        assert self.sent is not None
        check_html(self.sent.text())
        if self.has_script:
            found = _AXE.run(page, options=RULES).response["violations"]
            assert not found, f"{name}: {[(rule['id'], [node['html'] for node in rule['nodes']]) for rule in found]}"
            self._picture(name, DESK)
        self._picture(name, PHONE)
        self.seen.append(name)

    def _picture(self, name: str, width: int) -> None:
        """Hold the page to a width: nothing wider than the screen, nothing too small for a thumb."""
        page = self.page
        page.set_viewport_size({"width": width, "height": 740})
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{name}: {overflow} px wider than {width} px"
        small = page.evaluate(SMALL_TARGETS)
        assert not small, f"{name} at {width} px: {small}"
        folder = self.shots / (str(width) if self.has_script else "no-script")
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)

    def _remember(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.frame == self.page.main_frame:
            self.sent = response

    def press(self, text: str) -> None:
        self.page.get_by_role("button", name=text, exact=True).click()

    def follow(self, text: str) -> None:
        self.page.get_by_role("link", name=text).first.click()

    def choose(self, name: str, action: str) -> None:
        """Follow a link of the menu about somebody; the last such menu counts."""
        self.page.locator("summary", has_text=name).last.click()
        self.page.locator("details[open]").get_by_role("link", name=action).click()

    def type(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f"[name={name}]").fill(value)

    def type_day(self, name: str, day: str, month: str, year: str) -> None:
        self.type(**{f"{name}_day": day, f"{name}_month": month, f"{name}_year": year})

    def begins_with_outcome(self) -> bool:
        """Whether the page says in its title what came of the last step and, with scripts, is read from there."""
        heading_alone = self.page.title().startswith(self.heading())
        focused = (
            self.page.evaluate("document.activeElement?.hasAttribute('data-outcome')") if self.has_script else True
        )
        return not heading_alone and bool(focused)

    def heading(self) -> str:
        return str(self.page.locator("h1").inner_text())

    def path(self) -> str:
        return urlsplit(self.page.url).path

    def mail(self, to: str, subject: str, *, after: int = 0) -> str:
        """Return the text of the newest e-mail of that subject to an address, once there are more than `after`."""

        def found() -> list[str]:
            mails = [mail for mail in self.run.outbox() if mail["kind"] == "email" and mail["to"] == to]
            return [str(mail["text"]) for mail in mails if subject in mail["subject"]]

        wait_until(lambda: len(found()) > after, 15)
        return found()[0]

    def mails(self, to: str) -> int:
        return sum(mail["to"] == to for mail in self.run.outbox())

    def put_clock_forward(self, minutes: int) -> None:
        self.run.put_forward(minutes)

    def log_in_by_code(self, username: str, password: str, to: str) -> None:
        """Log in as who cannot read pictures does; whoever is inside leaves first.

        A code that somebody asked for less than a minute ago is not sent again.
        """
        self.put_clock_forward(2)
        self.open("/ingresar")
        if self.heading() == "Ya estás dentro":
            self.press("Salir e ingresar con otro usuario")
        self.follow("Prefiero recibir un código en mi correo")
        self.type(username=username)
        before = self.mails(to)
        self.press("Enviar el código")
        wait_until(lambda: self.mails(to) > before, 15)
        self.type(username=username, password=password, code=code_in(self.mail(to, "código")))
        self.press("Iniciar sesión")


def code_in(text: str) -> str:
    return str(re.findall(r"(?:^|: )([2-9A-Z]{6})\r?$", text, re.MULTILINE)[-1])


def link_in(text: str, path: str) -> str:
    return str(re.findall(rf"https?://\S*{path}\S*", text)[-1])


SMALL_TARGETS = f"""() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')]
  .filter((target) => {{
    const box = target.getBoundingClientRect();
    const isShown = box.width > 1 && box.height > 1 && getComputedStyle(target).visibility === 'visible';
    const isInText = target.tagName === 'A' && getComputedStyle(target).display === 'inline';
    return isShown && !isInText && box.left >= 0 && Math.min(box.height, box.width) < {_SMALLEST_TARGET};
  }}).map((target) => target.outerHTML.slice(0, 120))"""
