// What a page of a site without a server is given: addresses of files, words, the site's root.
"use strict";

const Given = (() => {
  const files = {};
  const told = {};
  for (const each of document.getElementById("site-files").content.children) {
    if (each.href) {
      files[each.dataset.name] = new URL(each.getAttribute("href"), document.baseURI).href;
    } else {
      told[each.dataset.name] = each.textContent;
    }
  }
  const root = new URL(document.querySelector("meta[name=site-root]").content, document.baseURI);
  return { files, told, root };
})();
