// Says at the top of a page what waits on this device, how long, and that the consultation is about to close.
import { fill, shownAge } from "./current.js";
import { onNews, outbox } from "./outbox.js";

const SOON_CLOSED = 48 * 3_600_000;

/** Keep the banner of this page up to date. */
export function watchOutbox() {
  onNews(showBanner);
  return showBanner();
}

async function showBanner() {
  const banner = document.getElementById("outbox-banner");
  if (!banner) {
    return;
  }
  const waiting = await outbox();
  banner.hidden = waiting.length === 0;
  if (waiting.length === 0) {
    return;
  }
  const slots = {
    count: new Intl.NumberFormat(document.documentElement.lang).format(waiting.length),
    age: shownAge(Date.now() - waiting[0].madeAt),
  };
  for (const slot of banner.querySelectorAll("[data-slot]")) {
    slot.replaceChildren(slots[slot.dataset.slot] ?? "");
  }
  const closing = banner.querySelector("[data-closing]");
  if (closing) {
    closing.hidden = !waiting.some(closesSoon);
  }
}

function closesSoon({ state, closesAt, clockShiftSeconds }) {
  const left = Date.parse(closesAt) - (Date.now() + clockShiftSeconds * 1_000);
  return state === "waiting" && left < SOON_CLOSED;
}
