// Says two minutes before that the validation ends, or a session of the staff; what is typed is kept when the form is sent.
// Counts from the answer on, so that a phone whose clock is wrong is warned in time as well.
const place = document.getElementById("expiry");
const WARNING_S = 2 * 60;

function warn() {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "expiry-title");
  const title = document.createElement("h2");
  title.id = "expiry-title";
  title.textContent = place.dataset.title ?? "Tu verificación está por vencer";
  const text = document.createElement("p");
  const hour = place.querySelector("time").textContent;
  text.textContent = place.dataset.text ?? `Vence a las ${hour}. Después te pediremos otra vez tu contraseña; lo que escribas y envíes se conserva.`;
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Entendido";
  close.addEventListener("click", () => dialog.close());
  dialog.append(title, text, close);
  document.body.append(dialog);
  dialog.showModal();
}

const left = Number(place?.dataset.left ?? 0);
if (left > 0) setTimeout(warn, Math.max(0, left - WARNING_S) * 1000);
