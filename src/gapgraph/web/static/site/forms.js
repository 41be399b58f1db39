// Forms of a site without a server.  A page has a file for each single choice of its form; the
// form names them.  Forms that a script answers on their own page are sent as they are.
"use strict";

for (const form of document.querySelectorAll("form[data-site]")) {
  form.hidden = false;
  if (!form.dataset.ways) {
    continue;
  }
  const ways = JSON.parse(form.dataset.ways);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      const list = form.elements[name];
      const usual = list instanceof HTMLSelectElement ? list.options[0].value : "";
      if (name !== "lang" && value && value !== usual) {
        chosen.append(name, value);
      }
    }
    chosen.sort();
    const way = ways[chosen.toString()];
    if (way) {
      location.assign(way);
      return;
    }
    let note = form.querySelector("[role=status]");
    if (!note) {
      note = form.appendChild(document.createElement("p"));
      note.setAttribute("role", "status");
      note.className = "note";
    }
    note.textContent = document.getElementById("site-several").content.textContent;
  });
}
