/**
 * quoting, imported from compose.yaml by "npx phasegate import". From here on this file is the one to change.
 *
 * Next: add quoting to stacks/index.ts; go through the comments that begin with "lost", "changed" or "check",
 * and take out those that are dealt with; replace probes that only ask whether a port is open by ones that
 * ask what the application needs.
 */
import { defineStack, exec, hostFolder, httpService, service, tcp } from "phasegate";

export const quoting = defineStack({
  name: "quoting",
  environments: ["development", "test", "staging", "production"],

  phases: {
    application: {
      title: "Application",
      services: ["app", "constructor-service"],
      validation: "ready",
      timeout: "90s",
    },
  },

  // check: volumes: the stack has volumes of its own: move the data over before it matters
  services: {
    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    app: httpService({
      image: "acme/app:1",
      port: 80,
      // changed: ports: 80 is published on 127.0.0.1 at the environment's portBase + 80, not on port 8080
      publish: 80,
      command: [
        "sh",
        "-c",
        'echo "$HOME" | tee /dev/null; exec app --with-many-options --and-a-few-more --so-that-it-breaks',
      ],
      env: {
        DOUBLE: 'say "hi"',
        SINGLE: "it's",
        BOTH: "it's \"both\" and 'more'",
        BACKSLASH: 'C:\\temp\\"x"',
        LINES: "first\nsecond\ttab",
        INJECTION: '"); process.exit(1); //',
        TEMPLATE: "${notACall()} `backticks`",
        COMMENT: "*/ console.log(1) /*",
        UNICODE: "naïve — 日本語 🎉",
        INVISIBLE: "a\u200bb\u202ec",
        SEPARATOR: "a\u2028b",
        constructor: "x",
        "with-dash": "a",
        "1st": "b",
        LONG: "this is a text that is so long that it does not fit on the same line as its own name does in the file",
        X: "this is another text that is so long that it does not fit on the same line as its very short name does",
        SWITCH: "true",
        // check: is no text in the file: compose reads a number or a switch, and spells it as here; in quotes
        // it stays as it is written
        NUMBER: "1.5",
        BIG: "12345678901234567890",
        EMPTY: "",
      },
      volumes: { proto: "/data" },
      mounts: { "/mnt": hostFolder("we ird*/path", { writable: true }) },
      init: false,
      labels: { "*/": "*/" },
      validations: { ready: { listens: tcp(80, { level: "basic" }) } },
    }),

    // changed: is called constructor-service here, and reached by its old name as well
    "constructor-service": service({
      image: "acme/tostring:1",
      aliases: ["x", "constructor"],
      hostname: "x",
      validations: {
        ready: {
          passesItsCheck: exec(["/bin/sh", "-c", "curl -f 'http://localhost:8080/a\\u0022b'"], {
            timeout: "30s",
            level: "basic",
          }),
        },
      },
    }),
  },

  failureHandling: {
    maxRetries: 3,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "revalidate",
    grace: "10s",
  },
});
