// The offline form: shows one page at a time, keeps what is typed on the device, seals it and sends it.
import { fillControls, readColumn, showAsked } from "./answers.js";
import { watchOutbox } from "./banner.js";
import { showAnswers } from "./check.js";
import { current, readForm } from "./current.js";
import { startDelivering } from "./deliver.js";
import {
  chooseDevice,
  clearDevice,
  guardSharedDevice,
  isKiosk,
  noteNothing,
  resumeDraft,
  showDevicePage,
  startDraft,
} from "./device.js";
import { goOn, goTo, pageBefore, showPage, whenShown } from "./journey.js";
import { keepNow, keepSoon } from "./keeping.js";
import { changeEdition, otherEditionOf } from "./languages.js";
import { afterLoad, canWorkOffline, keepForOffline } from "./offline.js";
import { onNews } from "./outbox.js";
import { typedEarlier, withdraw } from "./replace.js";
import { send } from "./sending.js";
import { followSent, recallSent, showSent } from "./sent.js";
import { showWaiting } from "./waiting_page.js";

/** @type {Record<string, (section: HTMLElement) => unknown>} */
const ACTIONS = {
  continue: (section) => (section.dataset.page === "device" ? chooseDevice(section) : goOn(section)),
  back: (section) => {
    const before = pageBefore(section.dataset.page);
    if (before) {
      goTo(before);
    } else {
      location.assign(current.form.addresses.start);
    }
  },
  send,
  "start-replacing": async () => {
    const earlier = typedEarlier();
    if (earlier) {
      await startDraft(earlier);
      goTo("device");
    }
  },
  withdraw,
  "clear-device": clearDevice,
};

async function start() {
  readForm();
  current.own = !isKiosk();
  await resumeDraft();
  await recallSent();
  whenShown("device", showDevicePage);
  whenShown("check", showAnswers);
  whenShown("sent", showSent);
  whenShown("outbox", showWaiting);
  listen();
  followSent();
  guardSharedDevice();
  showAsked(current.form, current.draft?.answers ?? {});
  openForm();
  showPage({ focus: location.hash !== "" });
  document.documentElement.dataset.ready = "";
  watchOutbox();
  startDelivering();
  afterLoad(() => {
    const { form, start } = current.form.addresses;
    keepForOffline([form, start]);
    import("./sealing.js");
  });
}

function openForm() {
  const form = document.getElementById("form");
  form.hidden = false;
  form.autocomplete = "off";
  document.querySelector("[data-fallback]").hidden = true;
}

function listen() {
  addEventListener("hashchange", () => showPage());
  document.addEventListener("input", typed);
  document.addEventListener("change", typed);
  document.addEventListener("click", clicked);
  document.addEventListener("submit", (event) => event.target.id === "form" && submitted(event));
  document.addEventListener("visibilitychange", () => document.hidden && keepNow());
  addEventListener("pagehide", keepNow);
  addEventListener("beforeunload", (event) => {
    if (current.unsaved && current.draft && Object.keys(current.draft.answers).length > 0) {
      event.preventDefault();
    }
  });
  onNews(({ type }) => {
    const isNew = !["sending", "postponed"].includes(type);
    return isNew && document.documentElement.dataset.page === "outbox" && showWaiting();
  });
}

function typed({ target }) {
  const { form, draft } = current;
  if (!draft || !target.name || !form.pages.some(({ fields }) => fields.includes(target.name))) {
    return;
  }
  draft.answers[target.name] = readColumn(form, target.name);
  noteNothing(target);
  showAsked(form, draft.answers);
  keepSoon();
}

function clicked(event) {
  const action = event.target.closest?.("[data-action]");
  const other = action ? null : otherEditionOf(event);
  if (action && ACTIONS[action.dataset.action]) {
    event.preventDefault();
    ACTIONS[action.dataset.action](action.closest("[data-page]"));
  } else if (other) {
    event.preventDefault();
    changeLanguage(other);
  }
}

/** Enter in a field does what the page's own button does. */
function submitted(event) {
  event.preventDefault();
  document.querySelector("#form [data-page]:not([hidden]) button[data-action]")?.click();
}

async function changeLanguage(address) {
  await keepNow();
  if (await changeEdition(address)) {
    openForm();
    fillControls(current.form, current.draft?.answers ?? {});
    showAsked(current.form, current.draft?.answers ?? {});
    showPage();
    watchOutbox();
  }
}

if (canWorkOffline()) {
  // Where the browser gives no storage after all, the link to the form without a script stays.
  start().catch(() => undefined);
}
