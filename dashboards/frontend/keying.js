// Keeps what is typed into a form as a draft on the server while it is typed, so that a closed tab loses nothing.
// Without this script each post saves.
const AFTER_MILLISECONDS = 1500;
const state = document.querySelector("[data-drafts]");
const form = state?.closest("form");
const changed = new Set();
let timer;

// Of one answer what its part of the form holds: the names of its fields end in the job's.
function fieldsOf(part) {
  const own = new URLSearchParams({ form_token: form.elements.form_token.value });
  for (const field of part.querySelectorAll("input, textarea")) {
    if ((field.type !== "radio" && field.type !== "checkbox") || field.checked) {
      own.append(field.name, field.value);
    }
  }
  return own;
}

async function keep() {
  clearTimeout(timer);
  const parts = [...changed];
  changed.clear();
  for (const part of parts) {
    try {
      const answer = await fetch(state.dataset.drafts, { method: "POST", body: fieldsOf(part), keepalive: true });
      say(answer.ok ? "What you typed is kept as a draft." : await answer.text());
    } catch {
      changed.add(part);
      say("What you typed since is not kept: the desk does not answer. Do not close this page.");
    }
  }
}

// Said once, not at every letter.
function say(sentence) {
  if (state.textContent !== sentence) {
    state.textContent = sentence;
  }
}

form?.addEventListener("input", ({ target }) => {
  changed.add(target.closest("[data-draft]"));
  clearTimeout(timer);
  timer = setTimeout(keep, AFTER_MILLISECONDS);
});
form?.addEventListener("submit", () => {
  clearTimeout(timer);
  changed.clear();
});
addEventListener("pagehide", keep);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep());
