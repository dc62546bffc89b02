// Single keys, where the frame has data-keys: see the page "Keyboard". A page marks what a key works on: data-key="r" on
// what r presses, data-go="o" on what g and o open, rel="prev" and rel="next" for [ and ].
(() => {
  "use strict";
  const doc = document;
  const PREFIX_MS = 1500;
  let wentAt = -PREFIX_MS;

  const press = (target) => {
    if (!target) return false;
    target.focus();
    if (!target.matches("input, select")) target.click();
    return true;
  };
  const find = (selector) => doc.querySelector(`main ${selector}`) || doc.querySelector(selector);

  // Rows are what lists repeat; the first link of a row opens it.
  const rows = () => [...doc.querySelectorAll("main tbody tr, main .story li")].filter((row) => row.querySelector("a") && row.offsetParent);
  const here = () => doc.activeElement.closest("tr, .story li");
  const step = (by) => {
    const all = rows();
    const at = all.indexOf(here());
    const row = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
    row?.querySelector("a").focus();
    row?.scrollIntoView({ block: "nearest" });
    return Boolean(row);
  };

  const filters = () => {
    const box = find(".filter-box > summary");
    if (!box) return press(find(".filters input:not([type=hidden]), .filters select"));
    box.parentElement.open = true;
    return press(box.parentElement.querySelector("input:not([type=hidden]), select"));
  };

  const KEYS = {
    "/": () => press(find(".search input[type=search]")),
    j: () => step(1),
    k: () => step(-1),
    x: () => {
      const box = here()?.querySelector("input[type=checkbox]");
      box?.click();
      return Boolean(box);
    },
    f: filters,
    "[": () => press(find("a[rel=prev]")),
    "]": () => press(find("a[rel=next]")),
  };

  doc.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !doc.querySelector("[data-keys]")) return;
    if (target.closest?.("input:not([type=checkbox]), select, textarea, dialog[open]") || key.length !== 1) return;
    const going = event.timeStamp - wentAt < PREFIX_MS;
    wentAt = key === "g" && !going ? event.timeStamp : -PREFIX_MS;
    const marked = doc.querySelector(`[data-${going ? "go" : "key"}="${CSS.escape(key)}"]`);
    if (press(marked) || (!going && KEYS[key]?.())) event.preventDefault();
  });
})();
