"""Live and final results for the Commission: Streamlit over the public version, and the same as plain HTML."""
