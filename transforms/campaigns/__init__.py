"""Campaigns: letters that many people sent, found by their near-equal texts. They never say who is whom.

A campaign has a template, its members, and of each member how near its text is to the template. `docs/campaigns.md`
has the method and what it was measured to do.
"""
