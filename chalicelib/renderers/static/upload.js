// Shows how much of a file is sent. Without this the form sends it all the same, and leads to the same page.
for (const form of document.querySelectorAll("form[data-progress]")) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !form.elements.file.files.length) return;
    event.preventDefault();
    const told = document.createElement("p");
    const bar = document.createElement("progress");
    const words = document.createElement("span");
    told.setAttribute("role", "status");
    bar.setAttribute("aria-hidden", "true");
    words.textContent = " Enviando…";
    told.append(bar, words);
    form.append(told);
    const request = new XMLHttpRequest();
    let isSent = false;
    let tenths = 0;
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.max = total;
      bar.value = loaded;
      if (Math.floor(10 * loaded / total) > tenths) {
        tenths = Math.floor(10 * loaded / total);
        words.textContent = ` Enviado: ${tenths * 10} %`;
      }
    });
    request.upload.addEventListener("load", () => { isSent = true; });
    request.addEventListener("loadend", () => {
      if (form.dataset.progress && request.status >= 400) {
        told.textContent = "No se pudo enviar: el archivo es demasiado grande o se acabó el tiempo. Vuelve a los archivos y empieza otra vez.";
      } else if (isSent) {
        location.assign(form.dataset.progress || request.responseURL || location.href);
      } else {
        form.submit();
      }
    });
    request.open("POST", form.action);
    request.send(new FormData(form));
  });
}
