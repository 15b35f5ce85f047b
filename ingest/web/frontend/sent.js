// What has become of the answers that this tab sent: saved on this device, or received. Two states, in different words.
import { announce, current, say, shownAge, shownMoment } from "./current.js";
import { shownCode } from "./codes.js";
import { unlock } from "./drafts.js";
import { onNews, outbox } from "./outbox.js";
import { withDatabase } from "./store.js";

let spoken = "";

/** Follow what the outbox tells of the answers that were sent here. */
export function followSent() {
  onNews((message) => {
    const { sent } = current;
    if (!sent || ![message.id, ...(message.ids ?? [])].includes(sent.id)) {
      return;
    }
    if (message.type === "received") {
      const { reference, receivedAt, conflict } = message;
      change({ state: "received", reference, receivedAt, conflict });
    } else if (message.type === "refused") {
      change({ state: "refused", reason: message.reason });
    } else if (message.type === "sending" && sent.state === "queued" && !sent.tried) {
      // Later tries go on in the background: a page that changes with each of them could not be read.
      change({ state: "sending", tried: true });
    } else if (message.type === "postponed" && sent.state === "sending") {
      change({ state: "queued" });
    }
  });
}

/** After a reload on the respondent's own device: what was sent in this tab. */
export async function recallSent() {
  const id = sessionStorage.getItem("yoursay-sent");
  const receipt = id && (await withDatabase((database) => database.get("receipts", id)));
  if (!receipt) {
    return;
  }
  const waiting = (await outbox()).find((one) => one.id === id);
  const state = waiting ? (waiting.state === "refused" ? "refused" : "queued") : "received";
  const { reference, receivedAt, madeAt, code } = receipt;
  const changeCode = (code && (await unlock(code))) ?? "";
  current.sent = { id, state, reference, receivedAt, madeAt, changeCode, reason: waiting?.reason };
}

function change(news) {
  Object.assign(current.sent, news);
  showSent();
}

/** Show the state of what was sent; say it too where it is not what was said last. */
export function showSent() {
  const { sent } = current;
  const section = document.querySelector('#form [data-page="sent"]');
  const template = section.querySelector(`template[data-state="${sent.state}"]`);
  const place = section.querySelector("[data-place=state]") ?? section.appendChild(document.createElement("div"));
  place.dataset.place = "state";
  place.dataset.showing = sent.state;
  place.replaceChildren(template.content.cloneNode(true));
  const slots = {
    reference: sent.reference,
    "change-code": sent.changeCode && shownCode(sent.changeCode),
    "received-at": sent.receivedAt && shownMoment(new Date(sent.receivedAt)),
    age: shownAge(Date.now() - sent.madeAt),
    reason: sent.reason,
  };
  for (const slot of place.querySelectorAll("[data-slot]")) {
    slot.replaceChildren(slots[slot.dataset.slot] ?? "");
  }
  if (sent.conflict) {
    place.append(Object.assign(document.createElement("p"), { className: "govuk-body", textContent: say("both_kept") }));
  }
  const sentence = say(`state_${sent.state}`, { reference: sent.reference });
  if (sent.state !== "sending" && sentence !== spoken) {
    spoken = sentence;
    announce(sentence);
  }
}
