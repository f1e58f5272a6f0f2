import { expect, test } from "vitest";
import { refusalMeaning } from "../../../lib/model/start-refusal.ts";

// The words of Docker 20.10 to 28 with runc, of Docker Desktop, and of Podman with crun.
test.for([
  {
    words:
      "driver failed programming external connectivity on endpoint web: Bind for 127.0.0.1:8080 failed: port is already allocated",
    cause: /a port that it publishes is taken/,
  },
  {
    words:
      "Ports are not available: exposing port TCP 127.0.0.1:8080 -> 0.0.0.0:0: listen tcp 127.0.0.1:8080: bind: address already in use",
    cause: /a port that it publishes is taken/,
  },
  {
    words:
      'OCI runtime create failed: runc create failed: unable to start container process: exec: "nod": executable file not found in $PATH: unknown',
    cause: /lacks the command/,
  },
  {
    words: 'OCI runtime create failed: exec: "/etc/passwd": permission denied: unknown',
    cause: /may not be executed/,
  },
  {
    words: "crun: executable file `nod` not found in $PATH: No such file or directory",
    cause: /lacks the command/,
  },
  { words: "unable to find user app: no matching entries in passwd file", cause: /names a user or group/ },
  {
    words:
      'error mounting "/var/lib/docker/volumes/v/_data" to rootfs at "/etc/passwd": mount: not a directory: unknown: Are you trying to mount a directory onto a file?',
    cause: /a volume cannot be mounted/,
  },
  { words: "network 0123456789ab not found", cause: /a network of the stack is not on the engine/ },
  { words: "mkdir /var/lib/docker/overlay2/x: no space left on device", cause: /disk is full/ },
  { words: "something that nobody has seen", cause: /the engine's own words say why/ },
])("$words", ({ words, cause }) => {
  const meaning = refusalMeaning(words);
  expect(meaning.cause).toMatch(cause);
  expect(meaning.remedy).toMatch(/\.$/);
  expect(meaning.code).toBe(
    /port that it publishes/.test(meaning.cause) ? "PHASEGATE_PORT_TAKEN" : "PHASEGATE_CONTAINER_REFUSED",
  );
});
