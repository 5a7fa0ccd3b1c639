// Comforts that no form needs: taking a double click for one, showing what is typed into a password, hearing a captcha
// on the same page, closing a menu that was left, and paper that hides nothing.
const PAUSE_MS = 8000;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, PAUSE_MS);
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

for (const place of document.querySelectorAll("[data-password]")) {
  const input = place.querySelector("input");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "second";
  const tell = (isShown) => {
    button.textContent = isShown ? "Ocultar" : "Mostrar";
    button.setAttribute("aria-label", `${button.textContent} ${document.querySelector(`label[for="${input.id}"]`).textContent.toLowerCase()}`);
  };
  tell(false);
  button.addEventListener("click", () => {
    const isShown = input.type === "password";
    input.type = isShown ? "text" : "password";
    tell(isShown);
  });
  input.form.addEventListener("submit", () => { input.type = "password"; });
  place.append(button);
}

// A file that the form cannot carry is told of before minutes are spent on sending it.
for (const input of document.querySelectorAll("input[data-largest]")) {
  const isHeld = () => {
    const isTooLarge = input.files[0]?.size > Number(input.dataset.largest);
    input.setCustomValidity(isTooLarge ? input.dataset.tooLarge : "");
    return !input.reportValidity();
  };
  input.addEventListener("change", isHeld);
  input.form.addEventListener("submit", (event) => {
    if (isHeld()) {
      event.preventDefault();
      event.stopPropagation();
    }
  });
}

for (const link of document.querySelectorAll("[data-captcha-audio]")) {
  link.querySelector(".hidden")?.remove();
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const answer = await fetch(`/v1/captchas/${link.dataset.captchaAudio}/audio`).catch(() => null);
    if (!answer?.ok) {
      location.reload();
      return;
    }
    const player = document.createElement("audio");
    player.controls = true;
    player.src = (await answer.json()).audio;
    link.parentElement.replaceWith(player);
    player.focus();
    player.play().catch(() => {});
  });
}

// A menu closes when it is left: by a click elsewhere, or by Escape, which leads back to what opened it.
addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = menu.contains(target);
});
addEventListener("keydown", ({ key }) => {
  const menu = key === "Escape" && document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// After a page was loaded whole, what came of the last step is where reading begins; the page's title says it as well.
document.querySelector(".error-summary, [data-outcome]")?.focus();

// On paper nothing stays folded.
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details:not(.menu)")) folded.open = true;
});
