import { defineStack, running, service, type ContainerOptions, type StackDeclaration } from "phasegate";

/** A service with the options that the test is about, which another `up` says otherwise. */
function boxed(options: ContainerOptions) {
  return defineStack({
    name: "boxed",
    environments: ["test"],
    services: {
      box: service({
        image: "redis:7",
        // It ends with the number of the signal that it gets.
        command: [
          ...["sh", "-c"],
          'for s in 2 3 15; do trap "exit $s" $s; done; while :; do sleep 3600 & wait $!; done',
        ],
        validations: { ready: { runs: running({ for: "100ms", level: "basic" }) } },
        ...options,
      }),
    },
    phases: { all: { title: "All", services: ["box"], validation: "ready", timeout: "60s" } },
    needs: {},
    failureHandling: { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "1s" },
  });
}

/** What a stack's config may name in this trial. */
export function declarationNamed(_name: string): StackDeclaration {
  return boxed(JSON.parse(process.env["BOX_OPTIONS"] ?? "{}") as ContainerOptions);
}
