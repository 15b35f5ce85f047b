// Sends a second version of a response, or withdraws it, by its reference and change code.
import { typedCode, typedReference } from "./codes.js";
import { announce, current, element, say, shownMoment } from "./current.js";
import { showTitle } from "./journey.js";
import { jsonOf, receiptChecker } from "./receipts.js";
import { clearSlips, showSlips } from "./slips.js";

const PATIENCE = 30_000;

function section() {
  return document.querySelector('#form [data-page="replace"]');
}

/** What was typed; null after its slips were shown. @returns {{ reference: string, change_code: string } | null} */
export function typedEarlier() {
  const typed = (name) => section().querySelector(`[name="${name}"]`).value;
  const reference = typedReference(typed("form-reference"));
  const changeCode = typedCode(typed("form-change-code"));
  clearSlips(section());
  if (!reference || !changeCode) {
    const slips = {
      ...(reference ? {} : { "form-reference": say("problem_reference") }),
      ...(changeCode ? {} : { "form-change-code": say("problem_change_code") }),
    };
    showSlips(section(), slips);
    showTitle(section(), true);
    return null;
  }
  return { reference, change_code: changeCode };
}

/** Withdraw a response: only while the server can be reached, and it says so. */
export async function withdraw() {
  const earlier = typedEarlier();
  if (!earlier) {
    return;
  }
  const { response, answer } = await ask(earlier);
  if (response?.ok && (await receiptChecker(() => import("./ed25519.js"))(answer ?? {}))) {
    showOutcome("withdrawn", { moment: shownMoment(new Date(answer.received_at)), ...earlier });
  } else if (response?.status === 403 && answer?.error) {
    showSlips(section(), { "form-change-code": say("problem_code_does_not_fit") });
    showTitle(section(), true);
  } else {
    showOutcome("not_withdrawn", earlier);
  }
}

async function ask(earlier) {
  try {
    const response = await fetch(current.form.addresses.withdrawals, {
      method: "POST",
      body: JSON.stringify(earlier),
      headers: { "content-type": "application/json" },
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    return { response, answer: await jsonOf(response) };
  } catch {
    return {};
  }
}

function showOutcome(key, values) {
  const sentence = say(key, values);
  section().querySelector("[data-outcome]")?.remove();
  const inset = element("div", { class: "govuk-inset-text", "data-outcome": key }, sentence);
  section().querySelector("h1").after(inset);
  announce(sentence);
}
