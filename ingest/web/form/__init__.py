"""The public form: page by page without JavaScript, the document of the offline form, changes, the assisted route."""
