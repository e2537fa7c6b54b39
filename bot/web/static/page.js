// Presses without reloading the page, and the keyboard. Without this file every button still works as a plain form.
"use strict";

const app = document.getElementById("app");
const offline = document.getElementById("offline");
const keys = document.getElementById("keys");
const PATIENCE = 20000; // milliseconds until an answer counts as not coming
let pending = null; // the press under way, or the one to repeat
let busy = false;

document.documentElement.classList.add("js");

document.addEventListener("submit", (event) => {
  event.preventDefault();
  if (busy) return;
  pending = new URLSearchParams(new FormData(event.target, event.submitter)); // carries the screen's key
  send();
});

document.getElementById("again").addEventListener("click", send);

async function send() {
  if (busy) return;
  const pressed = document.activeElement;
  setBusy(true);
  try {
    const response = await fetch("/act", {
      method: "POST",
      body: pending,
      headers: { "X-Fragment": "1" },
      signal: AbortSignal.timeout(PATIENCE),
    });
    const html = await response.text();
    offline.hidden = true;
    setBusy(false);
    if (response.ok) show(html);
    else warn(html, pressed);
  } catch {
    setBusy(false);
    offline.hidden = false;
    document.getElementById("again").focus();
  }
}

function setBusy(now) {
  busy = now;
  app.setAttribute("aria-busy", now);
  for (const control of document.querySelectorAll("#app button, #app textarea, #again")) control.disabled = now;
}

// Draws the next screen. The first block that was not on the last one is what the learner should meet: an answer
// under its question, or a new question from its top.
function show(html) {
  const last = look();
  app.innerHTML = html;
  const now = look();
  const fresh = now.blocks.findIndex((block, place) => block.outerHTML !== last.texts[place]);
  const target = now.blocks[fresh] ?? document.getElementById("screen");
  if (fresh > 0) target.classList.add("fresh");
  if (now.attempt && now.attempt === last.attempt && now.field) now.field.value = last.draft;
  document.getElementById("said").textContent = app.querySelector(".toast")?.textContent ?? "";
  if (fresh <= 0) scrollTo(0, 0);
  target.tabIndex = -1;
  target.focus({ preventScroll: fresh <= 0 });
}

function look() {
  const blocks = [...app.querySelectorAll(".body > *")];
  const field = app.querySelector("textarea");
  const attempt = app.querySelector(".screen").dataset.attempt;
  return { blocks, field, attempt, texts: blocks.map((block) => block.outerHTML), draft: field?.value ?? "" };
}

function warn(html, pressed) {
  for (const old of app.querySelectorAll("main > .notice")) old.remove();
  app.querySelector(".screen").insertAdjacentHTML("beforebegin", html);
  pressed?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("textarea")) return inField(event);
  if (event.repeat) return; // a held space must not show an answer and accept it too
  const onControl = event.target.closest("button, a, summary");
  if (onControl && (event.key === " " || event.key === "Enter")) return;
  if (event.key === "Enter") return act(event, () => app.querySelector("textarea")?.focus());
  if (event.key === "?") return act(event, () => (keys.open = !keys.open));
  shortcut(event);
});

function shortcut(event) {
  const button = buttonFor(event.key);
  if (button) act(event, () => button.click());
}

function inField(event) {
  if (event.key === "Escape") return event.target.blur();
  if (event.key === " " && !event.target.value && !event.repeat) return shortcut(event);
  if (event.key === "Enter" && !event.shiftKey) act(event, () => event.target.form.requestSubmit());
}

function buttonFor(key) {
  const buttons = [...app.querySelectorAll(".presses button")];
  const named = buttons.find((button) => button.dataset.key?.toLowerCase() === key.toLowerCase());
  return named ?? (key === " " ? buttons.find((button) => button.classList.contains("primary")) : undefined);
}

function act(event, does) {
  event.preventDefault();
  does();
}
