"use strict";
(() => {
  const bar = document.getElementById("filter");
  const [field, choice, said] = ["input", "select", "output"].map((name) => bar.querySelector(name));
  const toggle = bar.querySelector("button");
  const items = [...document.querySelectorAll("[data-item]")];
  const inner = (item) => [...item.querySelectorAll("[data-item]")];
  const words = new Map();
  // Of an item that holds others, its summary; of any other, all of it. Paths have break marks in them, which are no text.
  const textOf = (item) => {
    if (!words.has(item)) {
      const own = inner(item).length ? item.querySelector("summary") || item : item;
      words.set(item, own.textContent.toLowerCase());
    }
    return words.get(item);
  };
  const speaks = (item, language) => !language || !("language" in item.dataset) || item.dataset.language === language;
  const show = (item, query, language) => {
    const parts = inner(item);
    const named = textOf(item).includes(query);
    for (const part of parts) part.hidden = !(speaks(part, language) && (named || textOf(part).includes(query)));
    const open = parts.some((part) => !part.hidden);
    item.hidden = parts.length ? !(open || (named && !language)) : !(named && speaks(item, language));
  };
  const isSeen = (item) => !item.closest("[hidden]");
  const follow = (heading) => {
    const found = [];
    for (let one = heading.nextElementSibling; one && !/^H[23]$/.test(one.tagName); one = one.nextElementSibling) found.push(one);
    return found;
  };
  const itemsIn = (boxes) => boxes.flatMap((box) => [...(box.matches("[data-item]") ? [box] : []), ...inner(box)]);
  // What is left without any entry goes, too: tables, headings, sections.
  const tidy = (active) => {
    const tables = [...document.querySelectorAll("main .scroll")].filter((one) => inner(one).length);
    const headings = [...document.querySelectorAll("main h3")];
    const sections = [...document.querySelectorAll("main > section")];
    for (const one of [...tables, ...headings, ...sections]) one.hidden = false;
    if (!active) return;
    for (const one of tables) one.hidden = !inner(one).some(isSeen);
    for (const one of headings) one.hidden = itemsIn(follow(one)).every((item) => !isSeen(item));
    for (const one of sections) one.hidden = !inner(one).some(isSeen);
  };
  const apply = () => {
    const [query, language] = [field.value.trim().toLowerCase(), choice.value];
    const outer = items.filter((item) => !item.parentElement.closest("[data-item]"));
    for (const item of outer) show(item, query, language);
    tidy(Boolean(query || language));
    const left = items.filter(isSeen).length;
    said.textContent = query || language ? `${left} of ${items.length} entries` : "";
  };
  field.addEventListener("input", apply);
  choice.addEventListener("change", apply);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      field.value = "";
      apply();
    }
  });
  toggle.addEventListener("click", () => {
    const all = [...document.querySelectorAll("main details")].filter(isSeen);
    const open = all.some((one) => !one.open);
    for (const one of all) one.open = open;
    toggle.textContent = open ? "Close all" : "Open all";
  });
  bar.hidden = false;
  apply();
})();
