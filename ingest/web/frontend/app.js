// Progressive enhancement only: every page works without this file.
import { Button, ErrorSummary, SkipLink, createAll } from "govuk-frontend";

for (const component of [Button, ErrorSummary, SkipLink]) {
  createAll(component);
}
