"""Every kind of page, on every screen, theme and sheet of paper: what a person may come with, nothing may break."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.browser.person import RULES, SMALL_TARGETS, Person
from tests.browser_requests import check_html
from tests.local_run import Run

pytestmark = [pytest.mark.ministack, pytest.mark.browser]

BUILD = Path(__file__).parents[2] / "build"
DESK, PHONE, TALL = 1280, 360, 1600
ZOOMED = (640, 320)
"""CSS pixels of a desk's window at 200 % and 400 %."""
MOST_HTML, MOST_SCRIPT = 24_000, 8_000
"""Bytes, before the gateway compresses them. A captcha is most of a page that has one."""
USER, ADDRESS, NAME, HOLDER = "1-40000002", "maria.02@ejemplo.pe", "Maria Quispe Demo", "QUISPE DEMO MARIA ÑUSTA"
PASSWORD = "Ventana-larga-azul-47"

WHOLE = {(DESK, "light"), (PHONE, "dark")}
CONTRAST = {"runOnly": ["color-contrast", "link-in-text-block", "target-size"]}
"""What of axe's rules a theme can change, where the rest was asked at the same width."""

PUBLIC = (
    *(
        "/",
        "/normativas",
        "/preguntas-frecuentes",
        "/entidad/preguntas",
        "/terminos",
        "/privacidad",
        "/interrupciones",
        "/nada",
    ),
    *("/ingresar", "/ingresar/codigo", "/olvide-mi-clave", "/recuperar/x", "/no-fui-yo", "/verificar"),
    *("/revisar-archivo", "/registro/terminos"),
    *("/tramites", "/tramites?q=licencia", "/tramites/municipalidad-demo"),
)
WITH_ERRORS = ("/ingresar", "/ingresar/codigo", "/olvide-mi-clave", "/no-fui-yo", "/verificar", "/registro/terminos")
"""Forms that are sent empty."""
INSIDE = (
    *("/casilla", "/casilla?vista=leidos", "/casilla/buscar", "/casilla/buscar?campo=todo&valor=requiere"),
    *("/casilla/copia", "/usuarios", "/usuarios/agregar", "/perfil", "/perfil/celular", "/perfil/consentimiento"),
    *("/presentar", "/mis-tramites", "/mis-tramites?q=nada"),
    *("/clave", "/mis-datos", "/mis-datos/pedir/correccion", "/preguntas-frecuentes", "/ingresar", "/nada"),
)
WITH_ERRORS_INSIDE = ("/usuarios/agregar", "/clave")


class Proof:
    """Looks at one page after another, and keeps what is wrong with each, so that all is told at once."""

    def __init__(self, page: Page, base: str) -> None:
        """Look in this browser at pages of this address."""
        self.page, self.base, self.axe = page, base, Axe()
        self.wrong: list[str] = []
        self.weights: dict[str, tuple[int, int, int]] = {}
        self.brands: set[tuple[float, ...]] = set()
        self.sent: Response | None = None
        page.on("response", self._remember)

    def look(self, name: str, *, is_inside: bool) -> None:
        """Hold the page that is open to all of it; where it is left, it is as it was."""
        page = self.page
        assert self.sent is not None
        html = self.sent.text()
        check_html(html)
        for width, scheme in ((DESK, "light"), (DESK, "dark"), (PHONE, "dark"), (PHONE, "light")):
            self._turn(width, color_scheme=scheme)
            found = self.axe.run(page, options=RULES if (width, scheme) in WHOLE else CONTRAST).response["violations"]
            self._tell(f"{name}, {width} px, {scheme}", [(one["id"], one["nodes"][0]["html"][:90]) for one in found])
            if scheme == "light":
                self._tell(f"{name}, small targets at {width} px", page.evaluate(SMALL_TARGETS))
                self._tell(f"{name}, edges at {width} px", self._grid())
        self._reflow(name)
        self._keyboard(name)
        self._paper(name, is_inside=is_inside)
        self.weights[name] = self._weigh(html)

    def _remember(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.frame == self.page.main_frame:
            self.sent = response

    def _tell(self, what: str, found: Any) -> None:
        if found:
            self.wrong.append(f"{what}: {found}")

    def _turn(self, width: int, height: int = 740, **media: Any) -> None:
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(**{"media": "screen", "color_scheme": "light", "forced_colors": "none", **media})

    def _grid(self) -> list[str]:
        edges: list[list[float]] = self.page.evaluate(EDGES)
        wrong = [] if len({tuple(edge) for edge in edges}) == 1 else [f"not on one grid: {edges}"]
        if edges[0][1] > PHONE:
            self.brands.add(tuple(self.page.evaluate(BRAND)))
            self._turn(DESK, TALL)
            if self.page.evaluate("innerHeight - document.querySelector('footer').getBoundingClientRect().bottom") > 1:
                wrong.append("the footer is not at the bottom")
        return wrong

    def _reflow(self, name: str) -> None:
        for width in ZOOMED:
            self._turn(width)
            self.page.evaluate("document.documentElement.classList.add('spaced')")
            self._tell(f"{name}, wider than {width} px, or cut, with text spaced", self.page.evaluate(CUT))
            self.page.evaluate("document.documentElement.classList.remove('spaced')")
            self._tell(f"{name}, wider than {width} px, or cut", self.page.evaluate(CUT))

    def _keyboard(self, name: str) -> None:
        """Tab through the page in the colours of who needs contrast, where shadows and backgrounds are gone."""
        self._turn(DESK, forced_colors="active")
        self._tell(f"{name}, without a border in forced colours", self.page.evaluate(BORDERLESS))
        expected: int = self.page.evaluate(MARK_STOPS)
        seen: list[dict[str, Any]] = [self.page.evaluate(STOP)]
        for _ in range(expected + 3):
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate(STOP)
            if stop is None or stop["place"] == 0:
                break
            seen.append(stop)
        places = [stop["place"] for stop in seen]
        self._tell(f"{name}, never reached by Tab", sorted(set(range(expected)) - set(places)))
        self._tell(f"{name}, reached out of order", [] if places == sorted(places) else places)
        self._tell(f"{name}, focus is not seen", [stop["html"] for stop in seen if not stop["isSeen"]])

    def _paper(self, name: str, *, is_inside: bool) -> None:
        self._turn(DESK, media="print")
        self._tell(f"{name}, on paper", self.page.evaluate(PRESSABLE))
        file = BUILD / f"paper-{'inside' if is_inside else 'outside'}.pdf"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(self.page.pdf(format="A4"))
        text = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True).stdout  # noqa: S603, S607
        sheets = [sheet.split("\n") for sheet in text.split("\f")[:-1]]
        lines = [sum(bool(line.strip()) for line in sheet) for sheet in sheets]
        self._tell(f"{name}, sheets of so few lines", [count for count in lines if count < 4])
        if is_inside and not (NAME in text or HOLDER in text):
            self.wrong.append(f"{name}, on paper: nobody's name")
        self._turn(DESK)

    def _weigh(self, html: str) -> tuple[int, int, int]:
        addresses = set(re.findall(r'"(/static/[^"]+\.(?:css|js))"', html))
        parts = {address: len(self.page.request.get(f"{self.base}{address}").body()) for address in addresses}
        style = sum(size for address, size in parts.items() if address.endswith(".css"))
        return len(html.encode()), style, sum(parts.values()) - style


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    opened = chromium.new_context(
        viewport={"width": DESK, "height": 740}, locale="es-PE", timezone_id="America/Lima", bypass_csp=True
    )
    opened.set_default_timeout(20_000)
    opened.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {SPACED} }})")
    yield opened
    opened.close()


def test_every_page_that_anybody_may_read_holds_on_every_screen_theme_and_paper(
    context: BrowserContext, run: Run
) -> None:
    page = context.new_page()
    person = Person(page, run, BUILD / "screenshots", has_script=True)
    proof = Proof(page, person.base)
    for address in PUBLIC:
        person.open(address)
        proof.look(address, is_inside=False)
    for address in WITH_ERRORS:
        _send_empty(person, address)
        proof.look(f"{address} with errors", is_inside=False)

    _check(proof, len(PUBLIC) + len(WITH_ERRORS))


def test_every_page_inside_holds_on_every_screen_theme_and_paper(context: BrowserContext, run: Run) -> None:
    page = context.new_page()
    person = Person(page, run, BUILD / "screenshots", has_script=True)
    proof = Proof(page, person.base)
    person.open("/")
    proof.look("/", is_inside=False)
    person.log_in_by_code(USER, PASSWORD, ADDRESS)
    for address in INSIDE:
        person.open(address)
        proof.look(f"{address} inside", is_inside=True)
    for address in WITH_ERRORS_INSIDE:
        _send_empty(person, address)
        proof.look(f"{address} with errors, inside", is_inside=True)
    for tab in ("/casilla", "/casilla?vista=leidos"):
        person.open(tab)
        page.locator("main table a").first.click()
        proof.look(f"a notice of {tab}", is_inside=True)

    _check(proof, 1 + len(INSIDE) + len(WITH_ERRORS_INSIDE) + 2)


def _send_empty(person: Person, address: str) -> None:
    person.open(address)
    person.page.locator("main form button[type=submit]").first.click()
    assert person.page.title().startswith("Error: "), address


def _check(proof: Proof, pages: int) -> None:
    _write(proof.weights)
    assert len(proof.weights) == pages
    assert not proof.wrong, "\n".join(proof.wrong)
    assert len(proof.brands) == 1, f"the brand moves: {proof.brands}"
    heavy = {name: one for name, one in proof.weights.items() if one[0] > MOST_HTML or one[2] > MOST_SCRIPT}
    assert not heavy
    assert all(10_000 < style <= 20_000 for _, style, _ in proof.weights.values())


def _write(weights: dict[str, tuple[int, int, int]]) -> None:
    rows = [f"{name:60} {html:8} {style:8} {script:8}" for name, (html, style, script) in weights.items()]
    text = "\n".join([f"{'bytes of':60} {'page':>8} {'style':>8} {'scripts':>8}", *rows])
    with (BUILD / "page-weights.txt").open("a", encoding="utf-8") as file:
        file.write(f"{text}\n")
    print(text)  # noqa: T201 - what continuous integration keeps


SPACED = """
  const sheet = document.createElement('style');
  sheet.textContent = '.spaced * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } .spaced p { margin-bottom: 2em !important }';
  document.head.append(sheet);
"""  # noqa: E501
"""What people may set of text by WCAG 2.2, 1.4.12."""
EDGES = """() => [...document.querySelectorAll('body > * > .wide, body > .wide')].map((part) => {
  const box = part.getBoundingClientRect(), style = getComputedStyle(part);
  return [box.left + parseFloat(style.paddingLeft), box.right - parseFloat(style.paddingRight)];
})"""
BRAND = "() => { const box = document.querySelector('.brand').getBoundingClientRect(); return [box.left, box.top]; }"
CUT = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const cut = [...document.querySelectorAll('button, .button, label, legend, th, td, dt, dd, h1, h2, p, summary')]
    .filter((part) => part.clientWidth > 1 && !part.closest('.hidden')
      && getComputedStyle(part).clipPath === 'none' && getComputedStyle(part).overflowX !== 'visible'
      && part.scrollWidth > part.clientWidth + 1);
  return [...(wide > 0 ? [`${wide} px`] : []), ...cut.map((part) => part.outerHTML.slice(0, 90))];
}"""
BORDERLESS = """() => [...document.querySelectorAll(
    'input:not([type=hidden]), select, textarea, button:not(.quiet), .button'
  )]
  .filter((part) => part.getClientRects().length && part.type !== 'radio' && part.type !== 'checkbox'
    && parseFloat(getComputedStyle(part).borderBottomWidth) < 1)
  .map((part) => part.outerHTML.slice(0, 90))"""
MARK_STOPS = """() => {
  const stops = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter((part) => part.getClientRects().length && part.tabIndex >= 0
      && part.checkVisibility({ contentVisibilityAuto: true })
      && !(part.type === 'radio' && !part.checked && part !== document.querySelector(`[name="${part.name}"]`)));
  const groups = new Set();
  const kept = stops.filter((part) => {
    if (part.type !== 'radio') return true;
    const chosen = document.querySelector(`[name="${part.name}"]:checked`);
    if ((chosen && chosen !== part) || groups.has(part.name)) return false;
    groups.add(part.name);
    return true;
  });
  kept.forEach((part, place) => { part.dataset.stop = place; });
  kept[0].focus({ focusVisible: true });
  return kept.length;
}"""
STOP = """() => {
  const part = document.activeElement;
  if (!part || part === document.body || part.dataset.stop === undefined) return null;
  const style = getComputedStyle(part);
  const isSeen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  return { place: Number(part.dataset.stop), isSeen, html: part.outerHTML.slice(0, 90) };
}"""
PRESSABLE = """() => [...document.querySelectorAll(
    'button, .button, input:not([type=hidden]), select, textarea, nav:not(.tabs) a'
  )]
  .filter((part) => part.getClientRects().length && part.checkVisibility({ visibilityProperty: true }))
  .map((part) => part.outerHTML.slice(0, 90))"""
