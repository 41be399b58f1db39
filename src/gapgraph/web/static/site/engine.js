// Asks the engine of a site without a server, and shows what it answers.
"use strict";

const Site = (() => {
  const { files, told, root } = Given;
  const bases = ["https://w3id.org/gapgraph/"];
  // A query that takes longer is ended with its worker.
  const longest = 20_000;
  let worker = null;
  let ready = null;
  let waiting = new Map();
  let next = 1;

  function status(words, problem) {
    const place = document.getElementById("site-status");
    place.textContent = words;
    place.className = problem ? "problem" : "note";
    place.setAttribute("role", problem ? "alert" : "status");
    place.hidden = !words;
  }

  function end() {
    if (worker) {
      worker.terminate();
    }
    worker = ready = null;
    waiting = new Map();
  }

  // Starts the engine once, and tells how far it is.
  function start() {
    if (ready) {
      return ready;
    }
    ready = new Promise((done, fail) => {
      if (location.protocol === "file:") {
        fail(new Error(told.file));
        return;
      }
      status(told.loading);
      worker = new Worker(files.worker, { type: "module" });
      worker.onerror = (event) => fail(new Error(event.message || told.unsupported));
      worker.onmessage = ({ data }) => {
        if (data.step === "ready") {
          done(data.quads);
        } else if (data.step === "data") {
          status(told.reading);
        } else if (data.id) {
          const [resolve, reject] = waiting.get(data.id);
          waiting.delete(data.id);
          data.problem ? reject(new Error(data.problem)) : resolve(data.result);
        } else if (data.problem) {
          fail(new Error(data.problem));
        }
      };
      worker.postMessage({ load: { engine: files.engine, wasm: files.wasm, dump: files.dump } });
    });
    ready.catch(end);
    return ready;
  }

  // Answers a query: {json} for rows or yes and no, {turtle} for a graph.
  async function ask(query) {
    await start();
    status(told.asking);
    const id = next++;
    const answer = new Promise((resolve, reject) => waiting.set(id, [resolve, reject]));
    worker.postMessage({ id, query });
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => {
        end();
        reject(new Error(told.late));
      }, longest);
    });
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }

  // Where the site has the page of one of our IRIs.
  function page(iri) {
    const own = bases.find((base) => iri.startsWith(base));
    if (!own) {
      return /^https?:/.test(iri) ? iri : "";
    }
    const [path, anchor] = iri.slice(own.length).split("#");
    const file = path.startsWith("id/") ? `${path}.html` : `${path}/index.html`;
    return root.href + told.folder + file.split("/").map(encodeURIComponent).join("/") + (anchor ? `#${anchor}` : "");
  }

  function element(name, text, given = {}) {
    const made = document.createElement(name);
    if (text !== undefined) {
      made.textContent = text;
    }
    return Object.assign(made, given);
  }

  // An IRI of ours as people tell it apart: by its last two parts.
  function short(iri) {
    const own = bases.find((base) => iri.startsWith(base));
    return own ? iri.slice(own.length).split("/").slice(-2).join("/") : iri;
  }

  // The values of a list in order, without the keys they are ordered by; no engine owes an order
  // (`gapgraph.queries.lists`).
  function joined(text, between) {
    const numbers = (key) => (/^[0-9]+(\.[0-9]+)*$/.test(key) ? key.split(".").map(Number) : null);
    const values = text.split("\n").map((line) => {
      const tab = line.indexOf("\t");
      return tab < 0 ? [line, line] : [line.slice(0, tab), line.slice(tab + 1)];
    });
    const order = ([one, value], [other, second]) => {
      const [a, b] = [numbers(one), numbers(other)];
      if (a && b) {
        const at = a.findIndex((number, place) => number !== b[place]);
        const last = value < second ? -1 : Number(value > second);
        return at < 0 ? a.length - b.length || last : b[at] === undefined ? 1 : a[at] - b[at];
      }
      return a ? -1 : b ? 1 : one < other ? -1 : Number(one > other);
    };
    return values.sort(order).map(([, value]) => value).join(between);
  }

  // A table of an answer.  A column of labels goes with that of what they are labels of.
  function table(answer, columns = {}) {
    const { vars } = answer.head;
    const rows = answer.results.bindings;
    const shown = vars.filter((name) => !(name.endsWith("Label") && vars.includes(name.slice(0, -5))));
    const made = element("table", undefined, { className: "answer" });
    const head = made.createTHead().insertRow();
    for (const name of shown) {
      head.append(element("th", columns[name]?.label || name, { scope: "col" }));
    }
    const body = made.createTBody();
    for (const row of rows.slice(0, 1000)) {
      const line = body.insertRow();
      for (const name of shown) {
        const cell = line.insertCell();
        const term = row[name];
        const label = row[`${name}Label`];
        if (!term && !label) {
          continue;
        }
        const list = columns[name]?.between;
        const words = list && term ? joined(term.value, list) : label ? label.value : term.type === "uri" ? short(term.value) : term.value;
        const to = term && term.type === "uri" ? page(term.value) : "";
        const put = cell.appendChild(to ? element("a", words, { href: to }) : element("span", words));
        if ((label || term)["xml:lang"]) {
          put.lang = (label || term)["xml:lang"];
        }
      }
    }
    return made;
  }

  // Shows an answer in the place for it.
  function show(result, columns) {
    const place = document.getElementById("site-answer");
    place.replaceChildren(element("h2", told.result));
    if (result.turtle !== undefined) {
      place.append(element("pre", result.turtle));
    } else {
      const answer = JSON.parse(result.json);
      if (answer.boolean !== undefined) {
        place.append(element("p", answer.boolean ? told.yes : told.no, { className: "lede" }));
      } else {
        const count = answer.results.bindings.length;
        place.append(element("p", `${count} ${told.rows}${count > 1000 ? ` · ${told.first}` : ""}`, { className: "note num" }));
        const scroll = element("div", undefined, { className: "scroll", tabIndex: 0 });
        scroll.setAttribute("role", "region");
        scroll.setAttribute("aria-label", told.result);
        scroll.append(table(answer, columns));
        place.append(scroll);
      }
    }
    place.hidden = false;
    status("");
  }

  async function run(query, columns) {
    try {
      show(await ask(query), columns);
    } catch (error) {
      document.getElementById("site-answer").hidden = true;
      status(error.message, true);
    }
  }

  return { ask, run, start };
})();
