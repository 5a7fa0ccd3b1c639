// While a file is being prepared, looks again by itself, ever less often; "Actualizar" does the same without scripts.
const MOST_MS = 20 * 60 * 1000;
const started = Date.now();

async function look(pause) {
  await new Promise((done) => { setTimeout(done, pause); });
  const answer = await fetch(location.href).catch(() => null);
  if (answer?.redirected) {
    location.reload();
    return;
  }
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  if (page && !page.querySelector("[data-preparing]")) {
    document.title = page.title;
    const main = page.getElementById("main");
    document.getElementById("main").replaceWith(main);
    main.focus();
  } else if (Date.now() - started < MOST_MS) {
    look(Math.min(pause * 1.5, 15000));
  }
}

look(2000);
