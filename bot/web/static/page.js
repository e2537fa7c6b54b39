// Presses without reloading the page, and the keyboard. Without this file every button still works as a plain form.
"use strict";

const app = document.getElementById("app");
const offline = document.getElementById("offline");
const keys = document.getElementById("keys");
const PATIENCE = 20000; // milliseconds until an answer counts as not coming
let pending = null; // the press under way, or the one to repeat
let busy = false;
let shown = look();

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
    if (response.ok) show(html, pressed);
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

// Draws the next screen and leads to the first block that was not on the last one: an answer under its question, or a
// new question. A card that is only redrawn (a tick) keeps its line above the answer, and the focus on the button.
function show(html, pressed) {
  const last = shown;
  const draft = app.querySelector("textarea")?.value ?? "";
  const value = pressed?.closest(".presses") ? pressed.value : undefined;
  app.innerHTML = html;
  shown = look();
  const same = shown.attempt !== "" && shown.attempt === last.attempt;
  const fresh = shown.texts.findIndex((text) => !last.texts.includes(text));
  shown.start = same && shown.kind === last.kind ? last.start : fresh;
  if (shown.start > 0) shown.blocks[shown.start]?.classList.add("start");
  shown.blocks[fresh]?.classList.add("fresh");
  const field = app.querySelector("textarea");
  if (same && field) field.value = draft;
  document.getElementById("said").textContent = app.querySelector(".toast")?.textContent ?? "";
  const again = same && [...app.querySelectorAll(".presses button")].find((button) => button.value === value);
  const top = !same || fresh === 0;
  if (top) scrollTo(0, 0);
  const cursor = !same && field?.autofocus && field; // a card that asks for text is ready to be typed on
  focusOn(again || cursor || shown.blocks[fresh] || document.getElementById("screen"), top);
}

function look() {
  const blocks = [...app.querySelectorAll(".body > *")];
  const { attempt, screen: kind } = app.querySelector(".screen").dataset;
  return { blocks, attempt, kind, texts: blocks.map((block) => block.outerHTML), start: -1 };
}

function focusOn(element, preventScroll) {
  if (element.tabIndex < 0) element.tabIndex = -1;
  element.focus({ preventScroll });
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
