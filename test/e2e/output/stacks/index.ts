import { defineStack, logLine, secret, service } from "phasegate";

const level = "basic";
const token = secret("token");
const shell = (script: string) => ["sh", "-c", `${script}; while :; do sleep 1; done`];

/** A service that waits for a command, created when the coordinator is, and one that writes all that must not reach anybody. */
const output = defineStack({
  name: "output",
  environments: ["test"],
  services: {
    prompt: service({
      image: "node:24-slim",
      command: shell("printf 'ready> '"),
      validations: { up: { prompts: logLine(/^ready> $/, { level }) } },
    }),
    noisy: service({
      image: "node:24-slim",
      env: { TOKEN: token },
      command: shell(
        [
          String.raw`printf '\033[2J\033]0;title\007\033[31mstarting\033[0m 10%%\r20%% \342\200\256done\n'`,
          'echo "token $TOKEN"',
          'printf "me:%s" "$TOKEN" | base64',
          String.raw`printf '{"m":"{\\"token\\":\\"%s\\"}"}\n' "$TOKEN"`,
          "node -e \"console.log(encodeURIComponent(process.env.TOKEN), Buffer.from(process.env.TOKEN).toString('hex'))\"",
        ].join("; "),
      ),
      validations: { up: { serves: logLine(/^served$/, { level }) } },
    }),
  },
  phases: {
    first: { title: "First", services: ["prompt"], validation: "up", timeout: "10s" },
    second: { title: "Second", services: ["noisy"], dependsOn: ["first"], validation: "up", timeout: "5s" },
  },
  needs: {},
  failureHandling: { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "1s" },
});

export function declarationNamed() {
  return output;
}
