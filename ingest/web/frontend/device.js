// Whose device this is, and what of the respondent stays on it.
import { fillControls, showAsked } from "./answers.js";
import { announce, asServerTime, current, element, now, say, shownMoment } from "./current.js";
import { ask } from "./dialog.js";
import { draftsOf, dropDraft, holdDraft, newDraft, readDraft } from "./drafts.js";
import { goTo } from "./journey.js";
import { keepSoon, stopKeeping } from "./keeping.js";
import { outbox } from "./outbox.js";
import { forgetDraft } from "./sending.js";
import { changeTogether } from "./store.js";

const IDLE = 10 * 60_000;
const WARNING = 60_000;
const LOOK = 1_000;

let lastSign = Date.now();
/** @type {HTMLDialogElement | null} */
let warning = null;

export const isKiosk = () => new URLSearchParams(location.search).has("kiosk");

/** Take up the draft that this tab had before it was reloaded. */
export async function resumeDraft() {
  const id = sessionStorage.getItem("yoursay-draft");
  if (id && !isKiosk()) {
    await takeUp(id);
  }
}

/** Hold a draft and show its answers. @returns {Promise<boolean>} false where another tab has it, or it is gone */
async function takeUp(id) {
  const release = await holdDraft(id);
  const draft = release && (await readDraft(id));
  if (!draft) {
    release?.();
    return false;
  }
  current.release?.();
  Object.assign(current, { draft, release, own: true, sent: null, unsaved: false });
  sessionStorage.setItem("yoursay-draft", id);
  fillControls(current.form, draft.answers);
  showAsked(current.form, draft.answers);
  return true;
}

/** A new draft for this tab. @param {import("./drafts.js").Draft["replaces"]} replaces */
export async function startDraft(replaces = null) {
  await stopKeeping();
  forgetDraft();
  const draft = { ...newDraft(current.form.consultation, now()), replaces };
  Object.assign(current, { draft, release: await holdDraft(draft.id), sent: null });
  sessionStorage.removeItem("yoursay-sent");
  showAsked(current.form, draft.answers);
}

/** Go on from the page that asks whose device this is. */
export async function chooseDevice(section) {
  const chosen = section.querySelector('[name="form-device"]:checked')?.value;
  const own = chosen !== "shared" && !isKiosk();
  if (!own && current.own && current.draft) {
    await stopKeeping();
    await dropDraft(current.draft.id);
    sessionStorage.removeItem("yoursay-draft");
  }
  current.own = own;
  if (!current.draft) {
    await startDraft();
  } else if (own && Object.keys(current.draft.answers).length > 0) {
    keepSoon();
  }
  document.querySelectorAll("#form [autocomplete]").forEach(noteNothing);
  goTo(current.form.pages[0].id);
}

/**
 * Browsers note what is typed, for other forms and for a crash. An empty field may be filled from what they know; what
 * is in a field is not theirs to note, and on a shared device no field is.
 * @param {HTMLInputElement | HTMLTextAreaElement} control
 */
export function noteNothing(control) {
  if (control.hasAttribute("autocomplete")) {
    control.dataset.completion ??= control.autocomplete;
    control.autocomplete = control.value || !current.own ? "off" : control.dataset.completion;
  }
}

/** The page that asks whose device this is: what it offers depends on what is there. */
export async function showDevicePage() {
  const section = document.querySelector('#form [data-page="device"]');
  for (const radio of section.querySelectorAll('[name="form-device"]')) {
    radio.checked = radio.value === (current.own && !isKiosk() ? "own" : "shared");
    radio.disabled = isKiosk() && radio.value === "own";
  }
  section.querySelector("[data-offer]")?.remove();
  const [draft] = current.draft || isKiosk() ? [] : await draftsOf(current.form.consultation);
  if (draft) {
    section.querySelector("[data-offer]")?.remove();
    section.querySelector("h1").after(offerOf(draft));
  }
}

function offerOf({ id, savedAt }) {
  const go = element("button", { type: "button", class: "govuk-button", "data-does": "take-up" }, say("take_up"));
  go.addEventListener("click", async () => {
    if (await takeUp(id)) {
      goTo(current.form.pages[0].id);
    } else {
      announce(say("draft_elsewhere"));
      go.replaceWith(element("p", { class: "govuk-body" }, say("draft_elsewhere")));
    }
  });
  const sentence = say("draft_from", { moment: shownMoment(asServerTime(savedAt)) });
  const text = element("p", { class: "govuk-body" }, sentence);
  return element("div", { class: "govuk-inset-text", "data-offer": "" }, text, go);
}

/** On a shared device: nothing outlives the tab, and an unattended one is cleared. */
export function guardSharedDevice() {
  for (const type of ["keydown", "pointerdown", "input"]) {
    addEventListener(type, signOfLife, { capture: true, passive: true });
  }
  setInterval(lookForIdle, LOOK);
  addEventListener("pagehide", () => {
    if (!current.own) {
      forgetDraft();
      current.sent = null;
    }
  });
  // A page that the browser kept whole for "back" would show what its last user did.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

function signOfLife() {
  lastSign = Date.now();
  warning?.close("stay");
}

function lookForIdle() {
  if (current.own || (!current.draft && !current.sent)) {
    lastSign = Date.now();
    return;
  }
  const idle = Date.now() - lastSign;
  if (idle >= IDLE) {
    warning?.close("over");
    endVisit();
  } else if (idle >= IDLE - WARNING && !warning) {
    warn();
  }
}

async function warn() {
  announce(say("idle_what"));
  const { dialog, answer } = ask(say("idle_title"), [say("idle_what")], [{ name: "stay", text: say("idle_stay") }]);
  warning = dialog;
  await answer;
  warning = null;
}

/** Forget this visit: the next person begins anew. */
function endVisit() {
  forgetDraft();
  current.sent = null;
  lastSign = Date.now();
  goTo("device");
  announce(say("cleared"));
}

/** "Clear this device": everything of every visit goes, and what is not sent yet only if the person says so. */
export async function clearDevice() {
  const waiting = await outbox();
  const unsent = waiting.filter((one) => one.state === "waiting").length;
  const choices = [
    { name: "clear", text: say(unsent ? "clear_but_unsent" : "clear"), kind: "warning" },
    ...(unsent ? [{ name: "all", text: say("clear_all"), kind: "warning" }] : []),
    { name: "", text: say("clear_not"), kind: "secondary" },
  ];
  const sentences = [say("clear_what"), ...(unsent ? [say("clear_unsent", { count: unsent })] : [])];
  const chosen = await ask(say("clear_title"), sentences, choices).answer;
  if (!chosen) {
    return;
  }
  await stopKeeping();
  await forgetEverything(chosen === "all" ? waiting : waiting.filter((one) => one.state === "refused"));
  sessionStorage.clear();
  forgetDraft();
  current.sent = null;
  goTo("device");
  announce(say("cleared"));
}

function forgetEverything(records) {
  return changeTogether(["drafts", "keys", "receipts", "outbox"], (transaction) => [
    ...["drafts", "keys", "receipts"].map((store) => transaction.objectStore(store).clear()),
    ...records.map(({ id }) => transaction.objectStore("outbox").delete(id)),
  ]);
}
