// Sends the outbox from a page: at once, when the page is opened, looked at or connected again, and when something is
// due. The worker does the same where the browser wakes it.
import { flush, nextDue, onNews, SYNC_TAG } from "./outbox.js";

const SOON = 1_000;
const LONGEST_TIMER = 15 * 60_000;
const REGISTRATION_PATIENCE = 3_000;

let timer;

/** Send what waits, now and whenever there is reason to. */
export function startDelivering() {
  addEventListener("online", () => deliver(true));
  addEventListener("focus", () => deliver(false));
  document.addEventListener("visibilitychange", () => document.hidden || deliver(false));
  onNews(() => plan());
  return deliver(true);
}

/** @param {boolean} force do not wait for our own back-off */
export async function deliver(force) {
  if (navigator.onLine === false) {
    return;
  }
  const outcome = await flush({ force, fallback: () => import("./ed25519.js") });
  if (outcome === "busy") {
    // Another tab sends; what was put in after it looked must not be forgotten.
    planIn(SOON);
  } else {
    await plan();
  }
}

/** Ask the browser to send when there is a network, also with all tabs closed. */
export async function askForSync() {
  // "ready" never fails: where there is no worker it waits for ever.
  const patience = new Promise((resolve) => setTimeout(resolve, REGISTRATION_PATIENCE, null));
  const registration = await Promise.race([navigator.serviceWorker.ready, patience]);
  await registration?.sync?.register(SYNC_TAG).catch(() => undefined);
}

async function plan() {
  const due = await nextDue();
  clearTimeout(timer);
  if (due !== null) {
    planIn(Math.max(due - Date.now(), SOON));
  }
}

function planIn(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(() => deliver(false), Math.min(milliseconds, LONGEST_TIMER));
}
