// What waits on this device, and what was sent from it: its age, why it was set aside, and it as a file.
import { shownCode } from "./codes.js";
import { announce, current, element, say, shownAge, shownMoment } from "./current.js";
import { deliver } from "./deliver.js";
import { unlock } from "./drafts.js";
import { dropWaiting, outbox, sealedFile, tryAgain } from "./outbox.js";
import { withDatabase } from "./store.js";

/** Show the list; it is made anew whenever the outbox changes. */
export async function showWaiting() {
  const waiting = await outbox();
  const receipts = await withDatabase((database) => database.getAll("receipts"));
  const received = receipts.filter((one) => one.state === "received" && one.consultation === current.form.consultation);
  const parts = waiting.map(waitingEntry);
  if (waiting.length === 0) {
    parts.push(element("p", { class: "govuk-body" }, say("nothing_waits")));
  } else {
    parts.push(button("export_all", () => download(waiting)), button("send_now", () => deliver(true), "secondary"));
  }
  if (received.length > 0) {
    parts.push(element("h2", { class: "govuk-heading-m" }, say("sent_from_here")));
    parts.push(...(await Promise.all(received.map(receivedEntry))));
  }
  parts.push(element("p", { class: "govuk-hint" }, await storageSentence()));
  const list = document.getElementById("outbox-list");
  const hadFocus = list.contains(document.activeElement);
  list.replaceChildren(...parts);
  if (hadFocus) {
    list.closest("[data-page]").querySelector("h1").focus();
  }
}

function waitingEntry(one) {
  const entry = element(
    "section",
    { class: "yoursay-question", "data-waiting": one.id, "data-waiting-state": one.state },
    element("h2", { class: "govuk-heading-s" }, say("reference_is", { reference: one.reference })),
    element("p", { class: "govuk-body" }, ...stateOf(one)),
  );
  const group = element("div", { class: "govuk-button-group" }, button("export_one", () => download([one]), "secondary", one));
  if (one.state === "refused") {
    group.append(button("try_again", () => tryAgain(one).then(() => deliver(true)), "secondary", one));
  }
  group.append(deleteButton(one));
  entry.append(group);
  return entry;
}

function stateOf(one) {
  if (one.state === "waiting") {
    return [say("waits_since", { age: shownAge(Date.now() - one.madeAt) })];
  }
  // The server's sentences are English.
  return [say("set_aside"), " ", element("span", { lang: "en", dir: "ltr" }, one.reason)];
}

/** Deleting is asked about once, in the place of the button. */
function deleteButton(one) {
  const asked = button("delete_one", () => {
    const sure = button("delete_sure", () => dropWaiting(one.id).then(() => announce(say("deleted"))), "warning", one);
    asked.replaceWith(sure);
    sure.focus();
  }, "secondary", one);
  return asked;
}

async function receivedEntry(one) {
  const code = one.code && (await unlock(one.code));
  const rows = [
    [say("reference"), one.reference],
    [say("received_at"), shownMoment(new Date(one.receivedAt))],
    ...(code ? [[say("change_code"), shownCode(code)]] : []),
  ];
  const list = rows.map(([key, value]) =>
    element(
      "div",
      { class: "govuk-summary-list__row" },
      element("dt", { class: "govuk-summary-list__key" }, key),
      element("dd", { class: "govuk-summary-list__value" }, value),
    ),
  );
  return element("dl", { class: "govuk-summary-list", "data-received": one.id }, ...list);
}

function button(key, action, kind = "", one = null) {
  const made = element("button", { type: "button", class: `govuk-button${kind ? ` govuk-button--${kind}` : ""}` }, say(key));
  if (one) {
    made.append(element("span", { class: "govuk-visually-hidden" }, ` ${one.reference}`));
  }
  made.dataset.does = key;
  made.addEventListener("click", action);
  return made;
}

async function storageSentence() {
  const lasting = await navigator.storage?.persisted?.();
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  const size = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  const values = { used: size.format(usage / 2 ** 20), room: size.format(quota / 2 ** 20) };
  return `${say(lasting ? "storage_lasts" : "storage_may_go")} ${say("storage_used", values)}`;
}

/** Give the sealed records as a file that staff can import. */
export function download(records) {
  const file = new Blob([sealedFile(records)], { type: "application/json" });
  const link = element("a", { href: URL.createObjectURL(file), download: fileName(records) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function fileName(records) {
  const name = records.length === 1 ? records[0].reference : new Date().toISOString().slice(0, 10);
  return `${records[0].consultation}-${name}.yoursay`;
}
