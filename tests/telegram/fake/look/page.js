// Asks for the state whenever the server says "changed", and draws it. `html` of a message is made safe there.
"use strict";

const $ = (id) => document.getElementById(id);
let chat = location.hash.slice(1);
let drawn = "";

const post = async (path, body) => {
  const answer = await fetch(path, { method: "POST", body: JSON.stringify(body) });
  if (answer.status === 409) alert((await answer.json()).no);
  return answer.ok ? answer.json() : {};
};
const act = (name, more = {}) => {
  const form = $("compose");
  return chat && post("page/act", { act: name, chat, as: form.as.value, topic: form.topic.value, ...more });
};

const make = (tag, attributes = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), attributes);
  node.append(...children);
  return node;
};

const choose = (id) => { chat = String(id); location.hash = chat; refresh(); };

const summary = (one) => {
  const button = make("button", { type: "button", onclick: () => choose(one.id) },
    `${one.name} `, make("small", { dir: "auto" }, `${one.language || one.type} · ${one.last}`));
  button.setAttribute("aria-current", String(one.id) === chat);
  return make("li", {}, button);
};

const button = (message, one) => one.url
  ? make("a", { href: one.url, target: "_blank", rel: "noreferrer" }, `${one.label} ↗`)
  : make("button", { type: "button", onclick: () => act("press", { message: message.id, data: one.data }) }, one.label);

const marks = (message) => [
  message.topic && `# ${message.topic}`, message.edited && "edited", message.deleted && "deleted",
  message.silent && "silent", ...message.reactions,
].filter(Boolean).join(" · ");

const bubble = (message, alone) => {
  const text = make("div", { className: "bubble", dir: "auto", innerHTML: message.html });
  if (message.note) text.prepend(`[${message.note}] `);
  const meta = [alone ? "" : message.sender, marks(message)].filter(Boolean).join(" · ");
  if (meta) text.append(make("span", { className: "meta" }, meta));
  const rows = message.buttons.map((row) =>
    make("div", { className: "row" }, ...row.map((one) => button(message, one))));
  const side = message.kind === "service" ? "service" : message.bot ? "theirs" : "mine";
  const item = make("li", { className: `${side}${message.deleted ? " deleted" : ""}` }, text, ...rows);
  if (side === "mine" && !message.deleted) {
    text.title = "Double click: edit (empty: delete)";
    text.ondblclick = () => change(message, text.textContent);
  }
  return item;
};

const change = (message, before) => {
  const text = prompt("New text (empty: delete)", before);
  if (text === null) return;
  act(text ? "edit" : "delete", { message: message.id, text });
};

const options = (select, items, first) => {
  const before = select.value;
  select.replaceChildren(...(first ? [make("option", { value: "" }, first)] : []),
    ...items.map((item) => make("option", { value: item.id }, item.name)));
  select.value = before || select.options[0]?.value || "";
  select.hidden = !items.length;
};

const drawChat = (one) => {
  const status = one.gone ? "account deleted" : { kicked: "blocked the bot", left: "the bot is not here" }[one.status];
  $("name").textContent = one.name;
  $("status").textContent = status || (one.action ? `${one.action} …` : "");
  $("acts").hidden = one.type !== "private";
  $("about").textContent = one.messages.length ? "" : one.about || "";
  $("messages").dir = one.rtl ? "rtl" : "ltr";
  $("messages").replaceChildren(...one.messages.map((message) => bubble(message, one.type === "private")));
  $("messages").scrollTop = $("messages").scrollHeight;
  $("answers").replaceChildren(...one.answers.map((answer) => make("span", { dir: "auto" }, answer.text)));
  $("keyboard").replaceChildren(...one.keyboard.flat().map((text) =>
    make("button", { type: "button", onclick: () => act("says", { text }) }, text)));
  $("menu").replaceChildren(...(one.menu || []).map((item) =>
    make("button", { type: "button", title: item.description, dir: "auto",
      onclick: () => act("says", { text: `/${item.command}` }) }, `/${item.command} ${item.description}`)));
  options($("compose").as, one.people);
  options($("compose").topic, one.topics, "General");
};

const draw = (state) => {
  $("chats").replaceChildren(...state.chats.map(summary));
  if (state.chat) drawChat(state.chat);
  const faults = $("fault").elements.name;
  if (!faults.options.length) faults.replaceChildren(...state.faults.map((name) => make("option", {}, name)));
  $("rules").replaceChildren(...state.rules.map((rule) => make("li", {}, rule)));
  $("pace").setAttribute("aria-pressed", state.pace);
  $("updates").textContent = `${state.pending} waiting · ${state.webhook || "polling"} ${state.webhook_error}`;
  $("calls").replaceChildren(...state.calls.reverse().map((call) => make("li", {}, call)));
};

async function refresh() {
  const text = await (await fetch(`page/state?chat=${chat}`)).text();
  if (text === drawn) return;
  drawn = text;
  draw(JSON.parse(text));
}

$("compose").onsubmit = (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.what.value === "says" && !form.text.value.trim()) return;
  act(form.what.value, { text: form.text.value });
  form.text.value = "";
  form.what.value = "says";
};
$("new-person").onsubmit = async (event) => {
  event.preventDefault();
  const form = event.target;
  choose((await post("page/person", { name: form.elements.name.value, language: form.language.value })).chat);
};
$("new-group").onsubmit = async (event) => {
  event.preventDefault();
  const form = event.target;
  choose((await post("page/group", { title: form.elements.title.value, forum: form.forum.checked })).chat);
};
$("fault").onsubmit = (event) => {
  event.preventDefault();
  const form = event.target.elements;
  post("page/fault", { do: "add", name: form.name.value, method: form.method.value, times: form.times.value });
};
document.querySelectorAll("[data-act]").forEach((node) => { node.onclick = () => act(node.dataset.act); });
document.querySelectorAll("[data-do]").forEach((node) => { node.onclick = () => post("page/fault", { do: node.dataset.do }); });
window.onhashchange = () => { chat = location.hash.slice(1); refresh(); };
new EventSource("page/changes").onmessage = refresh;
