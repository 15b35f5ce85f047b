"""The public server's store: one contract (`base`); `sqlite` for one machine, `postgres` for several processes."""
