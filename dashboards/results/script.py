"""The script that Streamlit runs for every visitor and every change of a choice."""

from dashboards.results.screen import show

show()
