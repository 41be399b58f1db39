// Answers a stored query with the values of the address, in a site without a server.
"use strict";

(() => {
  const question = JSON.parse(document.getElementById("question").textContent);
  const given = new URLSearchParams(location.search);

  // A string literal (SPARQL 1.1, section 19.7).  An engine may undo \u before it looks for
  // strings (section 19.2), so a backslash before a u is written by its number.
  function literal(value) {
    const escapes = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };
    const written = value.replace(/[\\"\n\r\t]/g, (each) => escapes[each]);
    return `"${written.replace(/\\\\([uU])/g, (_, u) => `\\\\\\U${u.charCodeAt(0).toString(16).toUpperCase().padStart(8, "0")}`)}"`;
  }

  // What writes a value as a term, by the type of its parameter; nothing where it is none.
  const whole = (value) => (/^-?[0-9]{1,18}$/.test(value) ? String(BigInt(value)) : null);
  const write = {
    string: literal,
    enumerated: literal,
    integer: whole,
    identifier: (value) => (/[\p{L}\p{N}]/u.test(value) ? whole(value) || literal(value) : null),
    iri: (value) => (/^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`]*$/.test(value) ? `<${value}>` : null),
    lang: (value) => (/^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/.test(value) ? `"${value.toLowerCase()}"` : null),
    boolean: (value) => (value === "true" || value === "false" ? value : null),
  };

  function text() {
    const pieces = question.pieces.map((piece) => {
      if (typeof piece === "string") {
        return piece;
      }
      const values = given.getAll(piece.name).map((each) => each.trim()).filter(Boolean);
      if (!given.has(piece.name)) {
        return piece.usual;
      }
      if (!values.length) {
        return piece.optional ? " UNDEF " : piece.usual;
      }
      const terms = new Set(values.map((value) => {
        const term = write[piece.kind](value.normalize("NFC"));
        if (term === null) {
          throw new Error(`${piece.label}: ${Given.told.value}`);
        }
        return term;
      }));
      return ` ${[...terms].join(" ")} `;
    });
    return pieces.join("");
  }

  const names = new Set(question.pieces.map((piece) => piece.name));
  if (!given.has("all") && ![...given.keys()].some((name) => names.has(name))) {
    return;
  }
  for (const field of document.querySelectorAll("form.question [name]")) {
    const values = given.getAll(field.name);
    if (!given.has(field.name)) {
      continue;
    }
    if (field instanceof HTMLSelectElement) {
      for (const option of field.options) {
        option.selected = values.includes(option.value);
      }
    } else if (field.type !== "hidden") {
      field.value = values[0];
    }
  }
  // What stands on the page is the answer to another question.
  for (const part of document.querySelectorAll("[data-usual]")) {
    part.hidden = true;
  }
  let query;
  try {
    query = text();
  } catch (error) {
    const place = document.getElementById("site-status");
    place.textContent = error.message;
    place.className = "problem";
    place.setAttribute("role", "alert");
    place.hidden = false;
    return;
  }
  Site.run(query, question.columns);
})();
