import { expect, test } from "vitest";
import { passwordWarnings } from "../../lib/pulumi/providers/password-warnings.ts";

const kept = [{ secret: "password", volume: "data" }];
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

test.for<
  [
    string,
    Parameters<typeof passwordWarnings>[0]["secrets"],
    Partial<Parameters<typeof passwordWarnings>[1]>,
    number,
  ]
>([
  ["has another value", { password: "old" }, { secrets: { password: "new" } }, 1],
  ["has the same value", { password: "old" }, { secrets: { password: "old" } }, 0],
  ["is new", {}, { secrets: { password: "new" } }, 0],
  ["is not known yet", { password: "old" }, { secrets: { password: unknown } }, 0],
  ["is not kept", { password: "old", token: "old" }, { secrets: { password: "old", token: "new" } }, 0],
  ["is kept by no volume", { password: "old" }, { keptPasswords: [], secrets: { password: "new" } }, 0],
  [
    "is of a state without that",
    { password: "old" },
    { keptPasswords: undefined, secrets: { password: "new" } },
    0,
  ],
])("a preview warns of a password that %s: %s", ([, before, after, count]) => {
  const news = { service: "postgres", keptPasswords: kept, secrets: {}, ...after };
  const reported = passwordWarnings({ secrets: before }, news);
  expect(reported).toHaveLength(count);
  expect(reported.join()).not.toMatch(/old|new-/);
  if (count > 0)
    expect(reported[0]).toMatch(
      /^postgres keeps its password in its volume data: .* of the secret password /,
    );
});
