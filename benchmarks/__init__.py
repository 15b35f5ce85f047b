"""What things cost, measured: each module `benchmarks.NAME` is run by `./run bench NAME`."""
