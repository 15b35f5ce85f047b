"""Linkage by weighed evidence: which responses of a table are of one respondent.

Read the modules in this order: `roles` (what each column is evidence of), `normalise` (one form for what people write
in many ways), `statistics` (how common each value is, how often answers stay the same), `blocking` (which pairs are
looked at), `compare` (how far a pair agrees), `score` (what that weighs), `cluster` (who is one respondent) and
`linking`, which runs them. `increments` adds to what is linked; `explain` says a pair in words.
"""
