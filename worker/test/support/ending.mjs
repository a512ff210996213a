// Node runs no `exit` handlers when a signal ends it, and those are what stop the servers that tests start.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));
