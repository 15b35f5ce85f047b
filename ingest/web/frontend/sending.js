// Sends the answers of this tab: sealed, put into the outbox, and only then over the network.
import { newChangeCode, referenceOf } from "./codes.js";
import { current, say } from "./current.js";
import { askForSync, deliver } from "./deliver.js";
import { lockUp } from "./drafts.js";
import { envelopeOf } from "./envelope.js";
import { goTo } from "./journey.js";
import { hideTrouble, keepSoon, showTrouble, stopKeeping } from "./keeping.js";
import { commit } from "./outbox.js";

let busy = false;

/** Seal the answers and put them into the outbox; then try to send them. */
export async function send() {
  if (busy || !current.draft) {
    return;
  }
  busy = true;
  try {
    await stopKeeping();
    await sealAndCommit();
  } catch (error) {
    keepSoon();
    showTrouble(say(error?.name === "QuotaExceededError" ? "no_room" : "not_sealed"));
    return;
  } finally {
    busy = false;
  }
  hideTrouble();
  goTo("sent");
  askForSync();
  await deliver(true);
}

async function sealAndCommit() {
  const { form, draft, own } = current;
  const { seal } = await import("./sealing.js");
  const changeCode = newChangeCode();
  const { envelope, sha256 } = await envelopeOf(form, draft, changeCode, seal);
  const { id, consultation } = draft;
  const reference = await referenceOf(consultation, id);
  const madeAt = Date.now();
  const waiting = {
    id,
    consultation,
    envelope,
    sha256,
    reference,
    madeAt,
    own,
    closesAt: form.closes_at,
    clockShiftSeconds: form.clock_shift_seconds,
    state: "waiting",
    reason: "",
    tries: 0,
    notBefore: 0,
    waitUntil: 0,
  };
  // The code lets whoever reads it withdraw the response, so it is locked up as a draft is.
  const code = own ? await lockUp(changeCode) : null;
  const receipt = own ? { id, consultation, reference, state: "queued", madeAt, code } : null;
  await commit(waiting, receipt, id);
  current.sent = { id, state: "queued", reference, changeCode, madeAt };
  forgetDraft();
  if (own) {
    sessionStorage.setItem("yoursay-sent", id);
  }
}

/** Nothing of the answers stays in this tab. */
export function forgetDraft() {
  current.release?.();
  Object.assign(current, { draft: null, release: null, unsaved: false });
  sessionStorage.removeItem("yoursay-draft");
  document.getElementById("form")?.reset();
  document.getElementById("check-list")?.replaceChildren();
  document.documentElement.removeAttribute("data-draft");
}
