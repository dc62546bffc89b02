// Comfort on top of pages that work without it.
(() => {
  "use strict";
  const doc = document;
  const byId = (id) => doc.getElementById(id);
  const near = (event, selector) => event.target.closest?.(selector);
  const on = (name, act) => doc.addEventListener(name, act);

  // htmx shall neither evaluate text nor run scripts that come with a page.
  const refuse = function () { return { call() { throw new Error("no evaluation"); } }; };
  window.htmx?.registerExtension("strict", {
    init: (api) => api.initSecurity({ createHTML: (s) => s, createScript: () => "" }, refuse, refuse),
  });

  const flash = (text) => {
    const item = doc.createElement("div");
    item.className = "notice tone-bad";
    item.setAttribute("role", "alert");
    item.textContent = text;
    const list = byId("flash");
    list?.prepend(item);
    while (list?.children[3]) list.lastElementChild.remove();
  };

  // data-copy holds the text ("url": this page's address), data-copy-from the id of the element with it.
  const copy = async (button) => {
    const from = byId(button.dataset.copyFrom);
    const text = button.dataset.copy;
    const label = button.querySelector("[data-label]") || button;
    const before = label.textContent;
    try {
      await navigator.clipboard.writeText(from ? from.textContent : text === "url" ? location.href : text);
      label.textContent = "Copied";
    } catch {
      if (from) getSelection().selectAllChildren(from);
      label.textContent = "Press Ctrl+C";
    }
    setTimeout(() => { label.textContent = before; }, 2000);
  };

  on("click", (event) => {
    const button = near(event, "[data-copy], [data-copy-from]");
    if (button) copy(button);
    near(event, "[data-dismiss]")?.closest(".notice").remove();
    const eye = near(event, "[data-reveal]");
    if (eye) {
      const field = byId(eye.dataset.reveal);
      const show = field.type === "password";
      field.type = show ? "text" : "password";
      eye.setAttribute("aria-pressed", show);
    }
    const dialog = byId(near(event, "[data-dialog]")?.dataset.dialog);
    if (dialog) { event.preventDefault(); dialog.showModal(); }
    for (const menu of doc.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  on("keydown", (event) => {
    const menu = event.key === "Escape" && near(event, "details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // A busy button cannot be clicked twice.
  on("submit", ({ submitter, target, defaultPrevented }) => {
    if (!submitter || defaultPrevented || target.method === "get") return;
    submitter.ariaBusy = "true";
    setTimeout(() => { submitter.disabled = true; });
  });
  const idle = () => doc.querySelectorAll("button[aria-busy]").forEach((button) => {
    button.removeAttribute("aria-busy");
    button.disabled = false;
  });
  addEventListener("pageshow", idle);
  on("htmx:finally:request", idle);
  on("htmx:error", () => flash("Belfry could not be reached. Check the connection and try again."));
  on("htmx:response:error", ({ detail }) => {
    if (detail.ctx.response.raw.status > 499) flash("Belfry answered with an error. Try again in a moment.");
  });

  // Check lists: how many are chosen, and a filter over the labels.
  on("change", (event) => {
    const list = near(event, "[data-tally]");
    const out = byId(list?.dataset.tally);
    if (out) out.textContent = list.querySelectorAll(":checked").length + " of " + list.dataset.most;
  });
  on("input", ({ target }) => {
    byId(target.dataset.filters)?.querySelectorAll("label").forEach((label) => {
      label.hidden = !label.textContent.toLowerCase().includes(target.value.trim().toLowerCase());
    });
  });

  // Rows to choose: one box stands for the whole page, and the button says how many they are.
  const choose = ({ target }) => {
    const all = byId("all");
    if (!all) return;
    const { form } = all;
    const boxes = [...form.querySelectorAll("td input")];
    if (target === all) boxes.forEach((box) => { box.checked = all.checked; });
    const count = boxes.filter((box) => box.checked).length;
    all.checked = count === boxes.length;
    all.indeterminate = count && !all.checked;
    form.querySelector("button").textContent = `Redeliver ${count ? count + " " : ""}chosen…`;
  };
  on("change", choose);
  on("htmx:finally:request", choose);

  doc.querySelector(".errors[tabindex]")?.focus();
})();
