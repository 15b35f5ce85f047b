// The single-file edition: filled in without a network, it gives a sealed file to send back. It keeps nothing itself.
import { readColumn, showAsked } from "./answers.js";
import { showAnswers } from "./check.js";
import { newChangeCode, referenceOf, shownCode } from "./codes.js";
import { createAll } from "./components.js";
import { announce, current, element, now, readForm, say } from "./current.js";
import { newDraft } from "./drafts.js";
import { envelopeOf } from "./envelope.js";
import { goOn, goTo, pageBefore, showPage, whenShown } from "./journey.js";
import { seal } from "./sealing.js";
import { download } from "./waiting_page.js";

const ACTIONS = {
  continue: goOn,
  back: (section) => {
    const before = pageBefore(section.dataset.page);
    if (before) {
      goTo(before);
    }
  },
  send: saveAsFile,
};

function start() {
  readForm();
  createAll();
  current.draft = newDraft(current.form.consultation, now());
  whenShown("check", showAnswers);
  addEventListener("hashchange", () => showPage());
  document.addEventListener("input", typed);
  document.addEventListener("change", typed);
  document.addEventListener("click", (event) => {
    const action = event.target.closest?.("[data-action]");
    if (ACTIONS[action?.dataset.action]) {
      event.preventDefault();
      ACTIONS[action.dataset.action](action.closest("[data-page]"));
    }
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id === "form") {
      event.preventDefault();
      document.querySelector("#form [data-page]:not([hidden]) button[data-action]")?.click();
    }
  });
  addEventListener("beforeunload", (event) => current.unsaved && event.preventDefault());
  document.getElementById("form").hidden = false;
  showAsked(current.form, {});
  goTo(current.form.pages[0].id);
  document.documentElement.dataset.ready = "";
}

function typed({ target }) {
  const { form, draft } = current;
  if (target.name && form.pages.some(({ fields }) => fields.includes(target.name))) {
    draft.answers[target.name] = readColumn(form, target.name);
    current.unsaved = true;
    showAsked(form, draft.answers);
  }
}

async function saveAsFile(section) {
  const { form, draft } = current;
  // Each file is a response of its own: a second one, after a change, must not pass for the first.
  draft.id = crypto.randomUUID();
  const changeCode = newChangeCode();
  const { envelope } = await envelopeOf(form, draft, changeCode, seal);
  const reference = await referenceOf(draft.consultation, draft.id);
  download([{ envelope, reference, consultation: draft.consultation }]);
  current.unsaved = false;
  showSaved(section, reference, shownCode(changeCode));
}

function showSaved(section, reference, changeCode) {
  section.querySelector("[data-outcome]")?.remove();
  const sentences = ["file_saved", "file_reference", "file_change_code"].map((key) =>
    element("p", { class: "govuk-body" }, say(key, { reference, change_code: changeCode })),
  );
  section.querySelector("h1").after(element("div", { class: "govuk-inset-text", "data-outcome": "file" }, ...sentences));
  announce(say("file_saved"));
  scrollTo(0, 0);
}

start();
