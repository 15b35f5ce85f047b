"""An empty Streamlit page with one list to choose from, served as the results are: what the dashboard is held against.

`python -m benchmarks._empty_page` prints its address and serves until stopped.
"""

import socket
import sys

import streamlit as st
import uvicorn

_OPTIONS = ("first", "second", "third")


def show() -> None:
    """The page: a title, a list, and what was chosen."""
    st.set_page_config(page_title="Empty", layout="wide")
    st.title("Empty")
    st.write(f"Chosen: {st.sidebar.selectbox('Choose', _OPTIONS)}")


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(st.App(__file__), log_level="warning", access_log=False, ws="websockets-sansio")
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    uvicorn.Server(config).run(sockets=[listener])


if st.runtime.exists():
    show()
elif __name__ == "__main__":
    main()
