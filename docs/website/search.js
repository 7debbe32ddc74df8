// The search of the site. Its index is a script beside it, loaded at the first word: a page opened from a folder
// (file://) may load scripts, but not fetch files.
"use strict";
(() => {
  const root = document.currentScript.dataset.root;
  const form = document.querySelector("form[role=search]");
  const input = document.getElementById("words");
  const place = document.getElementById("hits");
  const MOST_HITS = 30; // More than a person reads; one more word finds the rest.
  const AROUND = 70; // Letters before and after the word that is shown.
  let parts = null;
  let wanted = false;

  // Called by search-index.js with every part: page, anchor, title, heading, words.
  window.lebarpitaIndex = (read) => {
    parts = read.map((part) => ({part, plain: part.slice(2).join(" ").toLowerCase()}));
    show();
  };

  function load() {
    if (wanted) return;
    wanted = true;
    const script = document.createElement("script");
    script.src = `${root}/search-index.js`;
    document.head.append(script);
  }

  // Every word must stand in the part, at least as the beginning of one of its words; headings weigh most.
  function weigh(entry, words) {
    const [, , title, heading] = entry.part.map((text) => text.toLowerCase());
    let sum = 0;
    for (const word of words) {
      const at = entry.plain.search(new RegExp(`(^|[^\\p{L}\\p{N}])${escaped(word)}`, "u"));
      if (at < 0) return 0;
      sum += 1 + (heading.includes(word) ? 8 : 0) + (title.includes(word) ? 4 : 0);
    }
    return sum;
  }

  function escaped(word) {
    return word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  }

  function around(text, word) {
    const at = Math.max(0, text.toLowerCase().indexOf(word));
    const begin = Math.max(0, at - AROUND);
    return (begin ? "… " : "") + text.slice(begin, at + AROUND) + (at + AROUND < text.length ? " …" : "");
  }

  function show() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    place.replaceChildren();
    place.hidden = !words.length || !parts;
    if (place.hidden) return;
    const found = parts.map((entry) => [weigh(entry, words), entry.part]).filter(([sum]) => sum);
    found.sort((one, other) => other[0] - one[0]);
    const list = document.createElement("ol");
    for (const [, [page, anchor, title, heading, text]] of found.slice(0, MOST_HITS)) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `${root}/${page}#${anchor}`;
      link.textContent = title === heading ? title : `${title}: ${heading}`;
      const line = document.createElement("p");
      line.textContent = around(text, words[0]);
      item.append(link, line);
      list.append(item);
    }
    const count = document.createElement("p");
    count.textContent = found.length ? `${found.length}` : "Nothing found · Tidak ditemukan";
    place.append(count, list);
  }

  form.hidden = false; // Without scripts there is no search, and no field that does nothing.
  form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("focus", load);
  input.addEventListener("input", () => { load(); show(); });
})();
