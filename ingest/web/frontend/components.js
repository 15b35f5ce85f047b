// The design system's components that need a script.
import { Button, CharacterCount, ErrorSummary, SkipLink, createAll as create } from "govuk-frontend";

/** Start every component of the page. */
export function createAll() {
  for (const component of [Button, CharacterCount, ErrorSummary, SkipLink]) {
    create(component);
  }
}
