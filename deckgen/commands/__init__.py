"""The commands: options in, one call, report and exit code out. `cli` puts them together."""
