import { bundle, defineStack, get, httpService, secret, webhook, type StackDeclaration } from "phasegate";

const validations = { ready: { answers: get("/", { level: "basic" }) } } as const;
const app = () => httpService({ image: bundle("test/e2e/healing/greeter.ts"), port: 8080, validations });

/** A service with others behind it, and one that takes the alerts. */
const shop = defineStack({
  name: "shop",
  environments: ["test"],
  services: {
    receiver: httpService({
      image: bundle("test/e2e/alerts/receiver.ts"),
      port: 8080,
      publish: 90,
      validations,
    }),
    database: app(),
    api: app(),
    web: app(),
  },
  phases: {
    data: { title: "Data", services: ["receiver", "database"], validation: "ready", timeout: "60s" },
    front: {
      title: "Front",
      services: ["api", "web"],
      dependsOn: ["data"],
      validation: "ready",
      timeout: "60s",
    },
  },
  needs: { api: ["database"], web: ["api"] },
  failureHandling: { maxRetries: 1, backoff: { multiplier: 2, max: "1s" }, grace: "1s" },
  alerting: {
    sinks: [webhook({ name: "pager", url: ["http://receiver:8080/alerts"], signingKey: secret("pagerKey") })],
    after: "1s",
  },
  metrics: { token: secret("metricsToken", { generate: true }), publish: 91 },
});

/** The same, of which nobody hears. */
const { alerting: _alerting, metrics: _metrics, ...quiet } = shop;

const declarations: Readonly<Record<string, StackDeclaration>> = { shop, quiet };

/** What a stack's config may name in a trial of alerts. */
export function declarationNamed(name: string): StackDeclaration {
  const declaration = declarations[name];
  if (declaration === undefined) throw new Error(`there is no declaration ${name}`);
  return declaration;
}
