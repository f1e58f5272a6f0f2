// Whether the service of this container answers: what a health check runs where there is no curl.
const response = await fetch(process.argv[2] ?? "http://localhost:3000/health").catch(() => undefined);
process.exit(response?.ok ? 0 : 1);
