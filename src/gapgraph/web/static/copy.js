// Gives each card, permanent link and citation a button that copies it, as text and as HTML.
// Without scripts there are no buttons, and all of it can be selected.
"use strict";

(() => {
  const { copy, done, cite } = document.currentScript.dataset;
  const told = document.body.appendChild(document.createElement("p"));
  told.className = "unseen";
  told.setAttribute("role", "status");

  const words = (node) => node.textContent.replace(/\s+/g, " ").trim();

  // A copy of a card as it stands in a document of somebody else's: whole links, no classes.
  const taken = (card) => {
    const own = card.cloneNode(true);
    own.querySelectorAll(".take, .unseen").forEach((each) => each.remove());
    own.querySelectorAll("mark").forEach((each) => {
      const strong = document.createElement("strong");
      strong.append(...each.childNodes);
      each.replaceWith(strong);
    });
    own.querySelectorAll(".said").forEach((each) => { each.prepend("«"); each.append("»"); });
    own.querySelectorAll("a").forEach((each) => each.setAttribute("href", each.href));
    own.querySelectorAll("*").forEach((each) => { each.removeAttribute("class"); each.removeAttribute("id"); });
    const named = card.dataset.name || words(card.querySelector("h2, h3"));
    const source = document.createElement("p");
    source.textContent = cite.replace("{name}", named).replace("{topic}", card.dataset.topic);
    own.append(source);
    const lines = [...own.querySelectorAll("h2, h3, p, blockquote")].map(words).filter(Boolean);
    return { "text/plain": lines.join("\n"), "text/html": own.innerHTML };
  };

  const put = async (forms) => {
    // A page that did not come by a safe way has no clipboard of its own.
    if (navigator.clipboard?.write) {
      const blobs = Object.entries(forms).map(([type, text]) => [type, new Blob([text], { type })]);
      return navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
    }
    document.addEventListener("copy", (event) => {
      for (const [type, text] of Object.entries(forms)) event.clipboardData.setData(type, text);
      event.preventDefault();
    }, { once: true });
    return document.execCommand("copy") ? undefined : Promise.reject();
  };

  const offer = (place, forms, shown) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = copy;
    button.addEventListener("click", async () => {
      try {
        await put(forms());
        button.textContent = told.textContent = done;
      } catch {
        // Then it is selected, to be copied by hand.
        getSelection().selectAllChildren(shown);
      }
    });
    place(button);
  };

  for (const card of document.querySelectorAll("[data-topic]")) {
    offer((button) => card.querySelector(".take").prepend(button), () => taken(card), card);
  }
  for (const each of document.querySelectorAll("[data-take]")) {
    const text = words(each);
    offer((button) => each.append(" ", button), () => ({ "text/plain": text }), each);
  }
})();
