/**
 * checks, imported from compose.yaml by "npx phasegate import". From here on this file is the one to change.
 *
 * Next: add checks to stacks/index.ts; go through the comments that begin with "lost", "changed" or "check",
 * and take out those that are dealt with; replace probes that only ask whether a port is open by ones that
 * ask what the application needs.
 */
import { defineStack, exec, get, grpcHealth, httpService, post, service, tcp } from "phasegate";

export const checks = defineStack({
  name: "checks",
  environments: ["development", "test", "staging", "production"],

  phases: {
    application: {
      title: "Application",
      services: [
        "by-curl",
        "by-curl-anything",
        "by-curl-post",
        "by-curl-with-account",
        "by-curl-over-tls",
        "by-curl-elsewhere",
        "by-wget",
        "by-nc",
        "by-grpc",
        "by-script",
        "other-port",
        "shell-in-cmd",
        "none",
      ],
      validation: "ready",
      timeout: "210s",
    },
  },

  services: {
    "by-curl": httpService({
      image: "acme/a:1",
      port: 8080,
      // changed: ports: 8080 is published on 127.0.0.1 at the environment's portBase + 80, not on port 8080
      publish: 80,
      // check: healthcheck: curl --fail passes on every status below 400; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: {
        ready: {
          isHealthy: get("/health?full=true", {
            headers: { Host: "shop.example.com", "X-Probe": "1" },
            timeout: "2s",
            level: "basic",
          }),
        },
      },
    }),

    "by-curl-anything": httpService({
      image: "acme/a:1",
      port: 9100,
      // check: healthcheck: curl without --fail passes on every answer; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/metrics", { level: "basic" }) } },
    }),

    "by-curl-post": httpService({
      image: "acme/a:1",
      port: 9200,
      // check: healthcheck: curl --fail passes on every status below 400; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: post("/ping", { level: "basic" }) } },
    }),

    "by-curl-with-account": service({
      image: "acme/a:1",
      port: 9300,
      // changed: ports: 9300 is published on 127.0.0.1 at the environment's portBase + 300, not on port 9300
      publish: 300,
      // lost: healthcheck: holds a secret: it is no longer probed
      // check: healthcheck: the gate asks no more than whether its port is open, which proves little
      validations: { ready: { listens: tcp(9300, { level: "basic" }) } },
    }),

    "by-curl-over-tls": service({
      image: "acme/a:1",
      port: 9443,
      // changed: ports: 9443 is published on 127.0.0.1 at the environment's portBase + 443, not on port 9443
      publish: 443,
      validations: {
        ready: {
          passesItsCheck: exec(["curl", "-fk", "https://localhost:9443/"], {
            timeout: "30s",
            level: "basic",
          }),
          listens: tcp(9443, { level: "basic" }),
        },
      },
    }),

    "by-curl-elsewhere": service({
      image: "acme/a:1",
      port: 9400,
      // changed: ports: 9400 is published on 127.0.0.1 at the environment's portBase + 400, not on port 9400
      publish: 400,
      validations: {
        ready: {
          passesItsCheck: exec(["curl", "-f", "http://by-curl:8080/health"], {
            timeout: "30s",
            level: "basic",
          }),
          listens: tcp(9400, { level: "basic" }),
        },
      },
    }),

    "by-wget": httpService({
      image: "acme/a:1",
      port: 3000,
      // check: healthcheck: wget passes on every 2xx, and follows redirects; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/", { level: "basic" }) } },
    }),

    "by-nc": service({
      image: "acme/a:1",
      port: 2525,
      validations: { ready: { listens: tcp(2525, { level: "basic" }) } },
    }),

    "by-grpc": service({
      image: "acme/a:1",
      port: 50051,
      validations: { ready: { isHealthy: grpcHealth({ port: 50051, timeout: "1s", level: "basic" }) } },
    }),

    "by-script": service({
      image: "acme/a:1",
      validations: {
        ready: {
          passesItsCheck: exec(["/bin/sh", "-c", "test -f /tmp/ready && ./check.sh \"a b\" | grep -q 'ok'"], {
            timeout: "30s",
            level: "basic",
          }),
        },
      },
    }),

    "other-port": httpService({
      image: "acme/a:1",
      port: 8000,
      // changed: ports: 8000 is published on 127.0.0.1 at the environment's portBase + 0, not on port 8000
      publish: 0,
      validations: {
        ready: {
          passesItsCheck: exec(["/bin/sh", "-c", "curl -f http://localhost:9001/ready"], {
            timeout: "30s",
            level: "basic",
          }),
          listens: tcp(8000, { level: "basic" }),
        },
      },
    }),

    "shell-in-cmd": httpService({
      image: "acme/a:1",
      port: 5000,
      // check: healthcheck: curl --fail passes on every status below 400; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/", { level: "basic" }) } },
    }),

    none: service({
      image: "acme/a:1",
      port: 5001,
      // changed: ports: 5001 is published on 127.0.0.1 at the environment's portBase + 1, not on port 5001
      publish: 1,
      // check: healthcheck: the gate asks no more than whether its port is open, which proves little
      // lost: healthcheck: is switched off: the image's own check, where it has one, goes on
      validations: { ready: { listens: tcp(5001, { level: "basic" }) } },
    }),
  },

  failureHandling: {
    maxRetries: 3,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "revalidate",
    grace: "10s",
  },
});
