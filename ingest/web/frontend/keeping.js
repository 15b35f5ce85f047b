// Keeps what is typed, as it is typed, on the respondent's own device; says when it is kept and when it cannot be.
import { announce, current, element, now, say, shownMoment } from "./current.js";
import { saveDraft } from "./drafts.js";

const TYPING_PAUSE = 250;
const RETRY = 10_000;

let timer;
let saving = Promise.resolve();
let stopped = false;
let announced = "";
let asked = false;

/** Something was typed: keep it soon. */
export function keepSoon() {
  current.unsaved = true;
  stopped = false;
  mark("typed");
  if (current.own) {
    clearTimeout(timer);
    timer = setTimeout(keepNow, TYPING_PAUSE);
  }
}

/** Keep what is typed now. @returns {Promise<void>} when it is kept, or was found not to be possible */
export function keepNow() {
  clearTimeout(timer);
  saving = saving.then(keep);
  return saving;
}

/** Keep nothing more of the current draft: it is sent or given up. */
export async function stopKeeping() {
  stopped = true;
  clearTimeout(timer);
  await saving;
}

async function keep() {
  if (stopped || !current.own || !current.draft || !current.unsaved) {
    return;
  }
  // What is typed while this is being kept is unsaved again.
  current.unsaved = false;
  try {
    await saveDraft(structuredClone(current.draft));
    sessionStorage.setItem("yoursay-draft", current.draft.id);
    askToStay();
    kept();
  } catch (error) {
    current.unsaved = true;
    notKept(error);
    timer = setTimeout(keepNow, RETRY);
  }
}

/** Ask the browser not to delete this when space is short. Some ask the person, so only once. */
function askToStay() {
  if (!asked) {
    asked = true;
    navigator.storage?.persist?.();
  }
}

function kept() {
  mark("kept");
  hideTrouble();
  const sentence = say("kept_at", { time: shownMoment(now()) });
  const line = document.getElementById("kept") ?? element("p", { id: "kept", class: "govuk-hint" });
  line.replaceChildren(sentence);
  document.querySelector("#form [data-page]:not([hidden])").append(line);
  // Once for each page: a sentence after every word would be noise.
  if (announced !== location.hash) {
    announced = location.hash;
    announce(say("kept"));
  }
}

function notKept(error) {
  mark("not-kept");
  showTrouble(say(error?.name === "QuotaExceededError" ? "no_room" : "not_kept"));
}

/** The state of what was typed, for style sheets. */
function mark(state) {
  document.documentElement.dataset.draft = state;
}

/** Say at the top of the page what is wrong; it stays until it is over. */
export function showTrouble(sentence) {
  hideTrouble();
  const title = element("h2", { class: "govuk-notification-banner__title", id: "trouble-title" }, say("important"));
  const header = element("div", { class: "govuk-notification-banner__header" }, title);
  const text = element("p", { class: "govuk-notification-banner__heading" }, sentence);
  const content = element("div", { class: "govuk-notification-banner__content" }, text);
  const attributes = { class: "govuk-notification-banner", id: "trouble", role: "alert" };
  const banner = element("div", { ...attributes, "aria-labelledby": "trouble-title" }, header, content);
  document.getElementById("main-content").prepend(banner);
}

export function hideTrouble() {
  document.getElementById("trouble")?.remove();
}
