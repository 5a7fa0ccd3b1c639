// Hashes a file in the browser, so that nothing of it is sent: on the page of a receipt it is compared there, elsewhere
// its SHA-256 goes into the address. Without this the form sends the file or its hash.
const hexadecimal = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

function tell(place, kind, text, strong = "") {
  const box = document.createElement("div");
  box.className = `box ${kind}`;
  const line = document.createElement("p");
  if (strong) line.append(Object.assign(document.createElement("strong"), { textContent: strong }), " ");
  line.append(text);
  box.append(line);
  place.replaceChildren(box);
}

function compare(place, sha256) {
  const rows = [...document.querySelectorAll("[data-sha256]")];
  for (const row of rows) row.classList.toggle("same", row.dataset.sha256 === sha256);
  const same = rows.find((row) => row.dataset.sha256 === sha256);
  if (same) tell(place, "good", `Su SHA-256 es ${sha256}.`, `Este archivo es exactamente ${same.dataset.called}.`);
  else tell(place, "bad", "Si se imprimió, se escaneó o se volvió a guardar, es otro archivo aunque se vea igual.", "Este archivo no es ninguno de los de esta constancia.");
}

for (const form of document.querySelectorAll("form[data-verify]")) {
  const input = form.elements.file;
  const place = form.querySelector("[data-result]");
  if (!globalThis.crypto?.subtle) {
    input.dataset.largest = form.dataset.largestSent;
    input.dataset.tooLarge = "El archivo pasa de 4 MB, lo más que se puede enviar. Calcula su SHA-256 y pégalo.";
    continue;
  }
  for (const text of form.querySelectorAll("[data-without-script]")) text.hidden = true;
  for (const text of form.querySelectorAll("[data-with-script]")) text.hidden = false;
  let isBusy = false;
  form.addEventListener("submit", async (event) => {
    const [file] = input.files;
    if (!file) return;
    event.preventDefault();
    event.stopPropagation();
    if (isBusy || !input.validity.valid) return;
    if (!file.size) {
      tell(place, "bad", "Elige la constancia en PDF o un documento notificado.", "El archivo está vacío: tiene 0 bytes.");
      return;
    }
    isBusy = true;
    tell(place, "", "Calculando el SHA-256 del archivo…");
    try {
      const sha256 = hexadecimal(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
      if (form.dataset.verify === "here") {
        compare(place, sha256);
      } else {
        location.assign(`/verificar?${new URLSearchParams({ code: form.elements.code.value, sha256 })}`);
      }
    } catch {
      tell(place, "bad", "No se pudo leer el archivo. Elígelo otra vez.");
    }
    isBusy = false;
  });
  addEventListener("pageshow", (event) => { if (event.persisted) place.replaceChildren(); });
}
