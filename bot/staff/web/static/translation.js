// What a script adds to translating: a draft that changed since must be translated anew, and the key that sends.
(() => {
  "use strict";
  const text = document.getElementById("text");
  const translate = document.getElementById("translate");
  if (!text || !translate) return;
  text.addEventListener("input", () => {
    const place = document.getElementById("rendering");
    for (const button of place.querySelectorAll("button")) button.disabled = true;
    const hint = place.querySelector(".stale");
    if (hint) hint.hidden = false;
  });
  // Ctrl+Enter sends what was checked, else asks for it; never German to somebody who does not read it.
  document.addEventListener("keydown", (event) => {
    if (event.target !== text || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const ready = document.querySelector("#send-translation:not(:disabled)");
    const own = document.getElementById("language").value === translate.dataset.language;
    (ready || (own ? document.getElementById("send") : translate)).click();
  }, true);
})();
