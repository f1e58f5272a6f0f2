import { imageText } from "./image-text.ts";
import type { Problem } from "../core/problem.ts";
import type { Endpoint } from "./endpoint.ts";
import type { LifecyclePlan } from "./plan.ts";
import { containersOf, engineName } from "./plan.ts";
import { setSecretCommand } from "./stack-command.ts";

/** The fewest characters of a secret: ordinary texts hold shorter ones by chance. */
const shortest = 8;
/** The fewest characters of one that is a word or a number, which ordinary texts hold too. */
const shortestWord = 16;

/**
 * The secrets whose values cannot be kept out of messages and logs: wherever the value stands it is hidden, and
 * what is left must still be legible. "hop" would hide a part of every "shop", and so tell what it is.
 * @param values the values that the stack's config sets, by the secrets' names
 * @returns a problem for each, which does not tell the value
 */
export function unfitSecrets(
  plan: LifecyclePlan,
  project: string,
  values: Readonly<Record<string, string>>,
): Problem[] {
  const names = publicNames(plan);
  return Object.entries(values).flatMap(([secret, value]) => {
    const why = whyUnfit(value, names);
    if (why === undefined) return [];
    const command = setSecretCommand(plan.stack, secret, project);
    return [
      {
        path: `secrets.${secret}`,
        message: `its value ${why}, so that it cannot be hidden in logs and messages. Set a random one of ${shortestWord} characters or more: ${command}. A value that is no secret is written into the declaration as it is`,
      },
    ];
  });
}

function whyUnfit(value: string, names: readonly string[]): string | undefined {
  if ([...value].length < shortest) return `has fewer than ${shortest} characters`;
  // Which one is not shown: it may be the value itself.
  if (names.some((name) => name.includes(value)))
    return "is a name of this stack (of a service, a probe, a user, an image), or a part of one";
  if (value.length < shortestWord && /^(?:[a-z]*|[A-Z][a-z]*|[A-Z]*)[0-9]{0,4}$|^[0-9]*$/.test(value))
    return "is a word or a number as other texts have them";
  return undefined;
}

/** The names that messages must be able to say. */
function publicNames(plan: LifecyclePlan): string[] {
  return [
    ...Object.entries(plan.phases).flatMap(([phase, { title, validation }]) => [phase, title, validation]),
    ...Object.entries(containersOf(plan)).flatMap(([service, { image, volumes }]) => [
      imageText(image),
      ...Object.keys(volumes).map((volume) => engineName(plan, `${service}-${volume}`)),
    ]),
    ...Object.entries(plan.services).flatMap(([service, { readiness, external }]) => [
      engineName(plan, service),
      ...(external ? [external.host] : []),
      ...Object.keys(readiness.probes),
      ...namesIn(readiness.endpoint),
    ]),
    ...plan.networks,
    ...Object.keys(plan.secrets),
  ];
}

/** The names in an address: of the account, and of what it is for. */
function namesIn(endpoint: Endpoint | undefined): string[] {
  const { user, database, vhost } = { user: undefined, database: undefined, vhost: undefined, ...endpoint };
  return [user, ...(user === undefined ? [] : [database, vhost])].filter((name) => name !== undefined);
}
