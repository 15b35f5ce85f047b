// What every page does for the outbox; loaded after the page itself.
export { watchOutbox } from "./banner.js";
export { startDelivering } from "./deliver.js";
