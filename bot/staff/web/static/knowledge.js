// Keeps what is typed into a long form in this browser until it is saved: a session that ends meanwhile, or a closed
// window, loses nothing. Everything works without.
(() => {
  "use strict";
  const form = document.querySelector("form[data-kept]");
  const prefix = "lotse-text:";
  const saved = new URLSearchParams(location.search).get("said");
  if (saved === "saved" || saved === "nothing") {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(prefix) && JSON.parse(localStorage.getItem(key)).sent) localStorage.removeItem(key);
    }
  }
  if (!form) return;
  const key = prefix + location.pathname;
  const fields = [...form.elements].filter((field) => field.name && field.name !== "csrf" && field.type !== "submit");
  const read = () =>
    fields.map((field) => {
      if (field.type === "checkbox") return field.checked;
      return field.multiple ? [...field.selectedOptions].map((option) => option.value) : field.value;
    });
  const write = (values) => {
    fields.forEach((field, number) => {
      const value = values[number];
      if (field.type === "checkbox") field.checked = value;
      else if (field.multiple) for (const option of field.options) option.selected = value.includes(option.value);
      else field.value = value; // the base, too: what others changed since is noticed when it is saved
    });
  };
  const keep = (sent) => localStorage.setItem(key, JSON.stringify({ values: read(), sent }));

  const kept = JSON.parse(localStorage.getItem(key) || "null");
  const notice = document.getElementById("kept");
  const typed = (values) => JSON.stringify(values.filter((_, number) => fields[number].name !== "base"));
  if (kept && kept.values.length === fields.length && typed(kept.values) !== typed(read())) {
    notice.hidden = false;
    notice.querySelector("button").addEventListener("click", () => {
      write(kept.values);
      notice.hidden = true;
      fields.find((field) => field.type !== "hidden").focus();
    });
  }
  form.addEventListener("input", () => keep(false));
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.value === "save") keep(true);
  });
})();
