// Turns the plain form into the editor. Nothing is asked of any other site: what the editor
// would look up elsewhere (prefixes, classes, properties) comes with the page.
"use strict";

(() => {
  const form = document.getElementById("ask");
  const vocabulary = JSON.parse(document.getElementById("vocabulary").textContent);
  const place = document.getElementById("editor");
  const endpoint = new URL(form.dataset.endpoint, window.location.href).href;
  const query = document.getElementById("query").value;
  const { Yasqe } = Yasgui;

  const lists = {
    prefixes: Object.entries(vocabulary.prefixes).map(([name, iri]) => `${name}: <${iri}>`).sort(),
    class: vocabulary.classes,
    property: vocabulary.properties,
  };
  Yasqe.defaults.autocompleters = ["variables"];
  for (const [name, list] of Object.entries(lists)) {
    Yasqe.forkAutocompleter(name, { name: `${name}-here`, persistenceId: null, bulk: true, get: () => list });
  }

  form.hidden = true;
  document.getElementById("plain").hidden = true;
  place.hidden = false;
  const yasgui = new Yasgui(place, {
    persistenceId: null,
    populateFromUrl: false,
    copyEndpointOnNewTab: true,
    corsProxy: undefined,
    requestConfig: { endpoint, method: "POST" },
    endpointCatalogueOptions: { getData: () => [{ endpoint }], keys: [] },
    yasqe: { value: query, createShareableLink: undefined },
    yasr: { prefixes: vocabulary.prefixes },
  });
  const tab = yasgui.getTab();
  tab.setQuery(query);
  if (new URLSearchParams(window.location.search).has("query")) {
    tab.query();
  }
  for (const link of document.querySelectorAll("a[data-query]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      yasgui.getTab().setQuery(link.dataset.query);
      yasgui.getTab().query();
      place.scrollIntoView();
    });
  }
})();
