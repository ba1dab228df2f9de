// The conversation on the page: shows messages, follows the event stream, tells the server what was seen.
import { offerListening } from "./listen.js";

const main = document.getElementById("main");
const log = document.getElementById("log");
const writing = document.getElementById("writing");
const news = document.getElementById("news");
const bar = document.querySelector(".bar");
const composer = document.getElementById("composer");
const title = document.title;
const arriving = []; // fragments that wait until an own message in flight has its number
let parts = { isSending: () => false, isWriting: () => false, forget: () => {} };
let source = null;
let after = main.dataset.after;
let told = 0;
let unread = 0;
let otherLanguage = false;
let reply = null; // the first of the messages that arrive together
let arrivedAt = 0;
let hasSent = false;

export const isKnown = () => "known" in main.dataset;

export function start(given) {
  parts = given;
  if (isKnown()) follow();
  addEventListener("scroll", () => { if (isAtEnd()) news.hidden = true; }, { passive: true });
  document.addEventListener("visibilitychange", seen);
  seen();
}

// An own message, shown before the server has it.
export function own(text) {
  const article = document.getElementById("own").content.firstElementChild.cloneNode(true);
  const now = new Date();
  const time = article.querySelector("time");
  article.classList.add("pending");
  article.querySelector(".text").textContent = text;
  time.dateTime = now.toISOString();
  time.textContent = now.toLocaleTimeString("de-DE", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Berlin" });
  mark(article, "clock", main.dataset.waiting);
  nameDay(article, null);
  log.append(article);
  reply = null;
  toEnd();
  return article;
}

// The server has it; without a number it had it before, and the stream shows it.
export function received(article, number) {
  main.dataset.known = "";
  hasSent = true;
  document.getElementById("languages")?.remove();
  if (!number || document.getElementById(`m${number}`)) article.remove();
  else {
    article.id = `m${number}`;
    article.classList.remove("pending");
    mark(article, "tick", main.dataset.received);
  }
  follow();
}

export function settled() {
  while (arriving.length && !(parts.isSending() && arriving[0].matches(".by-newcomer"))) show(arriving.shift());
  if (otherLanguage && !parts.isSending() && !parts.isWriting()) location.replace("/");
}

export function toEnd() {
  scrollTo(0, document.documentElement.scrollHeight);
  news.hidden = true;
}

function mark(article, icon, words) {
  const use = article.querySelector(".state use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
  article.querySelector(".state span").textContent = words;
}

function nameDay(article, before) {
  const { day, dayLabel } = article.dataset;
  if (log.querySelector(`.message[data-day="${day}"]`)) return;
  const line = document.createElement("p");
  line.className = "day";
  line.append(Object.assign(document.createElement("span"), { textContent: dayLabel }));
  log.insertBefore(line, before);
}

function show(article) {
  if (document.getElementById(article.id)) return;
  const followed = isAtEnd();
  const pending = log.querySelector(".pending");
  nameDay(article, pending);
  article.classList.add("new");
  log.insertBefore(article, pending);
  offerListening(article);
  if (!reply?.isConnected || performance.now() - arrivedAt > 5000) reply = article;
  arrivedAt = performance.now();
  if (followed) reveal(article);
  else news.hidden = false;
  if (document.hidden) document.title = `(${++unread}) ${title}`;
  seen();
}

// Goes to the end, but never past the beginning of what has just arrived.
function reveal(article) {
  toEnd();
  if (reply.getBoundingClientRect().top >= bar.offsetHeight) return;
  reply.scrollIntoView({ block: "start" });
  news.hidden = article.getBoundingClientRect().top < innerHeight - composer.offsetHeight - 60;
}

function isAtEnd() {
  return innerHeight + scrollY >= document.documentElement.scrollHeight - 120;
}

function follow() {
  if (source && source.readyState !== EventSource.CLOSED) return;
  source = new EventSource(`/api/events?after=${after}&lang=${main.dataset.language}`);
  source.addEventListener("message", (event) => {
    after = event.lastEventId;
    const holder = document.createElement("template");
    holder.innerHTML = event.data; // our own server's, which escapes what people write
    arriving.push(holder.content.querySelector("article"));
    settled();
  });
  source.addEventListener("writing", (event) => {
    const text = writing.querySelector("span");
    const on = event.data === "yes";
    const followed = isAtEnd();
    writing.classList.toggle("on", on);
    text.textContent = on ? text.dataset.text : "";
    if (on && followed) toEnd();
  });
  source.addEventListener("language", () => {
    if (main.dataset.chosen && !hasSent) return; // a link asked for this language
    otherLanguage = true;
    settled();
  });
  source.addEventListener("gone", () => {
    source.close();
    parts.forget();
    location.replace("/");
  });
  source.addEventListener("error", () => {
    // The browser comes back by itself, unless the server refused.
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, 20000 + Math.random() * 10000);
  });
}

function seen() {
  if (document.hidden) return;
  unread = 0;
  document.title = title;
  const last = [...log.querySelectorAll(".message[id]:not(.by-newcomer)")].at(-1);
  const number = last ? Number(last.id.slice(1)) : 0;
  if (!number || number === told) return;
  told = number;
  fetch("/api/seen", { method: "POST", body: JSON.stringify({ up_to: number }), keepalive: true }).catch(() => { told = 0; });
}
