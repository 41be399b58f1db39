// Puts Yasgui's editor in the place of the form's text area; the form is sent as without it.
// Nothing is asked of any other site: what the editor would look up elsewhere (prefixes, classes,
// properties) comes with the page.
"use strict";

(() => {
  const form = document.getElementById("ask");
  const plain = document.getElementById("query");
  const place = document.getElementById("editor");
  const label = form.querySelector("label[for=query]");
  const vocabulary = JSON.parse(document.getElementById("vocabulary").textContent);
  // An address longer than this is sent as a form's body.
  const longest = 6000;

  const lists = {
    prefixes: Object.entries(vocabulary.prefixes).map(([name, iri]) => `${name}: <${iri}>`).sort(),
    class: vocabulary.classes,
    property: vocabulary.properties,
  };
  Yasqe.defaults.autocompleters = ["variables"];
  for (const [name, list] of Object.entries(lists)) {
    Yasqe.forkAutocompleter(name, { name: `${name}-here`, persistenceId: null, bulk: true, get: () => list });
  }

  plain.hidden = true;
  place.hidden = false;
  const editor = new Yasqe(place, {
    value: plain.value,
    persistenceId: null,
    createShareableLink: null,
    editorHeight: "auto",
    showQueryButton: false,
    resizeable: false,
    lineWrapping: true,
    viewportMargin: Infinity,
    requestConfig: { endpoint: form.action, method: "POST" },
  });
  editor.addKeyMap({
    "Ctrl-Enter": () => form.requestSubmit(),
    "Cmd-Enter": () => form.requestSubmit(),
    // Tab leaves the editor, as it leaves any field.
    Tab: false,
    "Shift-Tab": false,
  });
  editor.getInputField().setAttribute("aria-label", label.textContent);
  label.addEventListener("click", () => editor.focus());
  form.addEventListener("submit", () => {
    plain.value = editor.getValue();
    form.method = encodeURIComponent(plain.value).length > longest ? "post" : "get";
  });
})();
