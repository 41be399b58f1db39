// The search of a site without a server: MiniSearch over the texts of the table.
"use strict";

(() => {
  const given = new URLSearchParams(location.search);
  const words = (given.get("q") || "").trim();
  const place = document.getElementById("site-answer");
  const { told, root } = Given;
  const field = document.getElementById("q");
  if (!words) {
    return;
  }
  field.value = words;

  // Small letters without accents, as people type them.
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const parts = (text) => fold(text).match(/[\p{L}\p{N}]+/gu) || [];

  // What is looked for: each word, or longest phrase that has a meaning, or what it means.
  function groups(index, typed) {
    const meant = new Map();
    for (const [said, means] of index.meant) {
      const key = parts(said).filter((each) => !index.empty.has(each)).map(stem).join(" ");
      meant.set(key, [...(meant.get(key) || []), parts(means).filter((each) => !index.empty.has(each))]);
    }
    const weighty = typed.filter((each) => !index.empty.has(each));
    const left = weighty.length ? weighty : typed;
    const found = [];
    for (let at = 0; at < left.length; ) {
      let length = Math.min(5, left.length - at);
      while (length > 1 && !meant.has(left.slice(at, at + length).map(stem).join(" "))) {
        length -= 1;
      }
      const part = left.slice(at, at + length);
      found.push([part, ...(meant.get(part.map(stem).join(" ")) || [])]);
      at += length;
    }
    return found;
  }

  // Endings of number and gender, which the languages of the tables have in common; what is left
  // finds longer words too.
  const stem = (word) => (word.length > 4 ? word.replace(/(es|s)$/, "").replace(/[aoe]$/, "") : word);

  function find(index, typed) {
    const options = { prefix: (term) => term.length > 2, boost: { names: 6, told: 2 }, processTerm: (term) => stem(fold(term)) };
    const every = groups(index, typed);
    const query = (combineWith, fuzzy) => ({
      combineWith,
      queries: every.map((phrases) => ({
        combineWith: "OR",
        queries: phrases.map((phrase) => ({ combineWith: "AND", queries: phrase, fuzzy })),
      })),
    });
    for (const [how, combine, fuzzy] of [["all", "AND", false], ["near", "AND", 0.2], ["any", "OR", 0.2]]) {
      const hits = index.mini.search(query(combine, fuzzy), { ...options, fuzzy });
      if (hits.length) {
        return [how, hits];
      }
    }
    return ["", []];
  }

  function cited(index, typed) {
    const kinds = Object.entries(index.kinds).find(([word]) => fold(word) === typed[0]);
    const number = kinds ? typed.slice(1).join(".") : typed.join(".");
    const kind = kinds ? kinds[1] : "Directive";
    return index.documents.filter((each) => each.cited === kind && fold(each.number) === number);
  }

  function element(name, text, more = {}) {
    const made = Object.assign(document.createElement(name), more);
    if (text) {
      made.textContent = text;
    }
    return made;
  }

  function show(index, how, hits) {
    place.replaceChildren(element("h2", `${hits.length} ${told.texts}`));
    if (told[how]) {
      place.append(element("p", told[how], { className: "note" }));
    }
    const list = place.appendChild(element("ol", "", { className: "hits" }));
    for (const hit of hits.slice(0, 60)) {
      const item = list.appendChild(element("li"));
      const about = item.appendChild(element("p", [hit.kindLabel, hit.number && hit.cited !== "Section" && `${told.directive} ${hit.number}`].filter(Boolean).join(" · "), { className: "note" }));
      if (hit.status) {
        about.append(" · ", element("span", hit.statusLabel, { className: `st ${hit.status}` }));
      }
      const said = item.appendChild(element("p", "", { className: "said" }));
      said.append(element("a", hit.text, { href: new URL(hit.file, root).href, lang: hit.lang }));
    }
    place.hidden = false;
  }

  async function start() {
    const name = given.get("analysis") || told.analysis;
    const file = new URL(`search/${encodeURIComponent(name)}.${document.documentElement.lang}.json`, root);
    const response = await fetch(file);
    if (!response.ok) {
      throw new Error(`${response.status} ${file.pathname}`);
    }
    const index = await response.json();
    index.empty = new Set(index.empty.map(fold));
    index.documents.forEach((each, id) => Object.assign(each, { id }));
    index.mini = new MiniSearch({
      fields: ["names", "told", "text"],
      storeFields: ["kindLabel", "cited", "number", "status", "statusLabel", "text", "lang", "file"],
      processTerm: (term) => stem(fold(term)),
    });
    index.mini.addAll(index.documents);
    const typed = parts(words);
    const first = cited(index, typed);
    const [how, hits] = find(index, typed);
    const rest = hits.filter((hit) => !first.some((each) => each.id === hit.id));
    show(index, first.length ? "all" : how, [...first, ...rest]);
  }

  start().catch((error) => {
    place.replaceChildren(element("p", location.protocol === "file:" ? told.file : error.message, { className: "problem" }));
    place.hidden = false;
  });
})();
