"""Post: scanned forms (`scans`), the keying queue (`keyed`), and workbooks keyed from the paper (`sheets`)."""
