// What scripts add to the desk: changes at once, keys, ready answers while one writes. Everything works without.
(() => {
  "use strict";
  const live = document.getElementById("live");
  const text = document.getElementById("text");
  const off = "lotse-keys-off";

  // --- changes at once

  if (live && live.dataset.events) {
    const source = new EventSource(live.dataset.events);
    let first = true;
    source.addEventListener("desk", () => {
      if (first) first = false; // the page is new
      else htmx.trigger(document.body, "desk");
    });
    addEventListener("pagehide", () => source.close());
  }

  const count = () => Number(live?.querySelector("[data-count]")?.dataset.count || 0);
  const last = () => live?.querySelector("[data-last]")?.dataset.last;
  let unfolded = false;
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target === live) unfolded = document.getElementById("earlier")?.open;
  });
  let held = count();
  let seen = last();
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== live) return;
    if (unfolded) document.getElementById("earlier")?.setAttribute("open", "");
    if (count() > held) tell();
    held = count();
    if (seen !== undefined && last() !== seen) {
      seen = last();
      const field = document.getElementById("seen");
      if (field) field.value = seen;
      document.getElementById("news").textContent = live.dataset.news;
    }
  });

  // --- a notice of the browser, without content

  const notices = document.getElementById("notices");
  const tell = () => {
    if (document.hidden && window.Notification && Notification.permission === "granted") {
      new Notification("Lotse", { body: notices.dataset.text, tag: "lotse-desk" });
    }
  };
  if (notices && window.Notification && Notification.permission === "default") {
    notices.hidden = false;
    notices.addEventListener("click", async () => {
      await Notification.requestPermission();
      notices.hidden = true;
    });
  }

  // --- what is typed is kept, whatever happens to the session

  const reply = document.getElementById("reply");
  const lapsed = document.getElementById("lapsed");
  let saved = text?.value; // what the server has
  let asked_for; // what it is being given
  if (text) {
    const unsaved = () => text.value !== saved;
    text.addEventListener("htmx:configRequest", () => {
      asked_for = text.value;
    });
    text.addEventListener("htmx:afterRequest", (event) => {
      const { xhr, successful } = event.detail;
      if (successful || xhr.getResponseHeader("HX-Redirect")) saved = asked_for;
    });
    // The page is led to the login only when all words are kept; if nobody knows any more whose they are, they stay.
    document.body.addEventListener("htmx:beforeOnLoad", (event) => {
      const { xhr, elt } = event.detail;
      if (xhr.status !== 401) return;
      if (elt === text && !xhr.getResponseHeader("HX-Redirect")) lapsed.hidden = false;
      else if (elt !== text && unsaved()) {
        event.preventDefault();
        if (lapsed.hidden) htmx.trigger(text, "save");
      }
    });
    reply.addEventListener("submit", () => {
      saved = text.value;
    });
    addEventListener("pagehide", () => {
      if (unsaved() && lapsed.hidden) navigator.sendBeacon(text.getAttribute("hx-post"), new FormData(reply));
    });
  }

  // --- ready answers: "::" and a word

  const ready = document.getElementById("ready");
  const asked = /::([^\s:][^\n:]{1,39})$/;
  let timer;
  const look = () => {
    const found = asked.exec(text.value.slice(0, text.selectionStart));
    if (found) htmx.ajax("GET", `${text.dataset.answers}?q=${encodeURIComponent(found[1])}`, "#ready");
    else ready.replaceChildren();
  };
  if (text && ready) {
    text.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, 300);
    });
    ready.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-text]");
      if (!button) return;
      event.preventDefault();
      const end = text.selectionStart;
      const before = text.value.slice(0, end).replace(asked, "");
      const put = before + button.dataset.text;
      text.value = put + text.value.slice(end);
      const language = document.getElementById("language");
      if (![...language.options].some((option) => option.value === button.dataset.language)) {
        language.add(new Option(button.dataset.language, button.dataset.language));
      }
      language.value = button.dataset.language;
      ready.replaceChildren();
      text.focus();
      text.setSelectionRange(put.length, put.length);
      text.dispatchEvent(new Event("input", { bubbles: true })); // the draft is kept
    });
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        document.getElementById("send").click();
      }
      if (event.key === "Escape") ready.replaceChildren();
    });
  }

  // --- keys; who does not want them switches them off on their sheet (WCAG 2.1.4)

  const step = (by) => {
    const rows = [...document.querySelectorAll(".rows a.open")];
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement);
    rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)].focus();
  };
  const press = (id) => document.getElementById(id)?.click();
  const focus = (id) => document.getElementById(id)?.focus();
  const keys = {
    "/": () => focus("search"),
    j: () => step(1),
    k: () => step(-1),
    t: () => press("take"),
    r: () => focus("text"),
    n: () => focus("note"),
    u: () => press("back"),
    "?": () => location.assign("/staff/keys"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem(off)) return;
    if (event.target.closest("input, textarea, select")) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  const change = document.getElementById("keys-switch");
  if (change) {
    const show = () => {
      change.textContent = localStorage.getItem(off) ? change.dataset.on : change.dataset.off;
    };
    change.hidden = false;
    change.addEventListener("click", () => {
      if (localStorage.getItem(off)) localStorage.removeItem(off);
      else localStorage.setItem(off, "1");
      show();
    });
    show();
  }
})();
