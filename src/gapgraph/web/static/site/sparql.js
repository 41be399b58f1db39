// Answers the queries of the editor in the reader's browser, in a site without a server.
"use strict";

(() => {
  const form = document.getElementById("ask");
  const given = new URLSearchParams(location.search);
  const area = document.getElementById("query");

  function asked() {
    // The editor, where there is one, writes into the area when the form is sent.
    const query = area.value;
    const here = new URL(location.href);
    here.search = new URLSearchParams({ query }).toString();
    history.replaceState(null, "", here);
    Site.run(query);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    // After the editor's own listener.
    setTimeout(asked);
  });
  if (given.get("query")) {
    area.value = given.get("query");
    Site.run(area.value);
  } else if (given.get("example")) {
    const file = new URL(`queries/${encodeURIComponent(given.get("example"))}.rq`, Given.root);
    fetch(file)
      .then((response) => (response.ok ? response.text() : Promise.reject(new Error(String(response.status)))))
      .then((text) => {
        area.value = text;
        document.dispatchEvent(new CustomEvent("site-query", { detail: text }));
        Site.run(text);
      }, () => {});
  } else {
    // Ready before it is asked.
    Site.start().then(() => Site.run(""), () => {});
  }
})();
