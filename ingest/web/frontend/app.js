// Every page works without this file, but for the offline form.
import { createAll } from "./components.js";
import { afterLoad, canWorkOffline, keepForOffline } from "./offline.js";

createAll();
for (const notice of document.querySelectorAll("[data-insecure]")) {
  notice.hidden = globalThis.isSecureContext;
}
// The form's own script does the rest on the form.
if (canWorkOffline() && !document.getElementById("yoursay-form")) {
  const form = document.querySelector("[data-form-address]");
  if (form) {
    form.href = form.dataset.formAddress;
  }
  afterLoad(async () => {
    if (document.getElementById("outbox-banner")) {
      const { startDelivering, watchOutbox } = await import("./waiting.js");
      await watchOutbox();
      startDelivering();
      await keepForOffline(form ? [location.pathname + location.search, form.dataset.formAddress] : ["/"]);
    }
  });
}
