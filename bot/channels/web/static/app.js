// Joins the parts of the page. Everything works without it too, by forms; it makes the page quicker and kinder.
import * as exchange from "./exchange.js";
import { offerListening } from "./listen.js";
import * as sending from "./sending.js";

const field = document.getElementById("text");
const DRAFT = "lotse-draft";

function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto"; // set through the DOM: the policy forbids style attributes in the page, not this
  field.style.height = `${field.scrollHeight + 4}px`;
}

function keepDraft() {
  sending.remember(DRAFT, field.value);
  grow();
}

function sendText() {
  if (sending.sendText(field.value)) {
    field.value = "";
    keepDraft();
  }
}

function giveBack(text) {
  field.value = field.value ? `${text}\n${field.value}` : text;
  keepDraft();
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll(".tools details[open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.action.endsWith("/send")) return;
  event.preventDefault();
  const button = event.submitter;
  if (button?.name === "choice") {
    sending.sendChoice(button.value, button.innerText.trim());
    closeMenus();
  } else {
    sendText();
    field.focus();
  }
});

document.addEventListener("click", (event) => {
  // The second half of a double tap: what was below the finger has moved on, and another button may be there.
  if (event.detail > 1 && event.target.closest("button[name=choice]")) event.preventDefault();
  const link = event.target.closest("a[data-choice]");
  if (link && exchange.isKnown()) {
    event.preventDefault();
    sending.sendChoice(link.dataset.choice, link.innerText.trim());
    closeMenus();
  }
  closeMenus(event.target.closest(".tools details"));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelector(".tools details[open] summary")?.focus();
  closeMenus();
});

field.addEventListener("input", keepDraft);
field.addEventListener("keydown", (event) => {
  const hasKeyboard = matchMedia("(hover: hover) and (pointer: fine)").matches;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && hasKeyboard) {
    event.preventDefault();
    sendText();
  }
});

exchange.start({ isSending: sending.isSending, isWriting: () => field.value.trim() !== "", forget: sending.forget });
sending.start({ giveBack });
offerListening(document);
if (!field.value) field.value = sending.recall(DRAFT) ?? "";
grow();
if (!location.hash && document.querySelector("#log .message")) exchange.toEnd();
