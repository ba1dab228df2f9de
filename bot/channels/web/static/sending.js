// Sends one message after the other, each under an id of its own; nothing typed is lost while there is no connection.
import * as exchange from "./exchange.js";

const data = document.getElementById("main").dataset;
const notice = document.getElementById("notice");
const QUEUE = "lotse-queue";
const PAUSES = [2, 4, 8, 15, 30]; // seconds between tries
const queue = [];
let parts = { giveBack: () => {} };
let busy = false;
let tries = 0;
let timer = 0;

export const isSending = () => queue.length > 0;

export function start(given) {
  parts = given;
  for (const item of JSON.parse(recall(QUEUE) || "[]")) enqueue(item);
  addEventListener("online", pump);
  addEventListener("offline", () => say(data.offline));
}

export function sendText(typed) {
  const text = typed.trim();
  if (!text) return false;
  if ([...text].length > Number(data.limit)) {
    say(data.long);
    return false;
  }
  enqueue({ id: newId(), text });
  return true;
}

export function sendChoice(choice, label) {
  if (queue.some((item) => item.choice === choice)) return; // pressed twice
  enqueue({ id: newId(), choice, label });
}

// The tab's own memory: gone with the tab, which matters on shared devices.
export function remember(name, value) {
  try { sessionStorage.setItem(name, value); } catch { /* storage is switched off: the page works without */ }
}

export function recall(name) {
  try { return sessionStorage.getItem(name); } catch { return null; }
}

export function forget() {
  try { sessionStorage.clear(); } catch { /* see above */ }
}

function enqueue(item) {
  item.article = exchange.own(item.text || item.label);
  queue.push(item);
  save();
  pump();
}

function save() {
  remember(QUEUE, JSON.stringify(queue.map(({ id, text, choice, label }) => ({ id, text, choice, label }))));
}

async function pump() {
  if (busy || !queue.length) return;
  busy = true;
  clearTimeout(timer);
  timer = 0;
  const item = queue[0];
  const { id, text, choice } = item;
  try {
    const response = await fetch("/api/send", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ id, text, choice, lang: data.chosen, start: data.start }),
      signal: AbortSignal.timeout(20000),
    });
    await answered(item, response);
  } catch {
    later(PAUSES[Math.min(tries++, PAUSES.length - 1)], data.offline);
  }
  busy = false;
  if (!timer) pump();
}

async function answered(item, response) {
  if (response.status === 202) {
    const { message } = await response.json();
    done(item);
    tries = 0;
    say("");
    exchange.received(item.article, message);
  } else if (response.status >= 500 || response.status === 429) {
    const wait = Number(response.headers.get("Retry-After")) || PAUSES[Math.min(tries++, PAUSES.length - 1)];
    later(wait, (await reason(response)) || data.offline);
  } else {
    done(item);
    item.article.remove();
    if (item.text) parts.giveBack(item.text);
    say((await reason(response)) || data.refused);
  }
  exchange.settled();
}

function done(item) {
  queue.splice(queue.indexOf(item), 1);
  save();
}

function later(seconds, words) {
  say(words);
  timer = setTimeout(() => { timer = 0; pump(); }, seconds * 1000);
}

async function reason(response) {
  try { return (await response.json()).notice; } catch { return ""; }
}

function say(words) {
  if (notice.textContent !== words) notice.textContent = words;
}

function newId() {
  // crypto.randomUUID is missing where the page is served without HTTPS.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
