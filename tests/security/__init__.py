"""Files that mean harm: made by kinds, tried in the test run and measured by `make security`."""
