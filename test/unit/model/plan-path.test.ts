import { describe, expect, test } from "vitest";
import { matchPath, parsePattern, pathText, pattern } from "../../../lib/model/plan-path.ts";

describe("pathText", () => {
  test.for([
    [["services", "auth-2", "published", "port"], "services.auth-2.published.port"],
    [["files", "/etc/redis.conf"], 'files["/etc/redis.conf"]'],
    [["env", 'a "quoted" \\ key', "x"], 'env["a \\"quoted\\" \\\\ key"].x'],
    [["*"], '["*"]'],
  ] as const)("%j is %s, and is read back as itself", ([path, text]) => {
    expect(pathText(path)).toBe(text);
    expect(matchPath(pattern(text), path)).toEqual([]);
  });
});

describe("a pattern", () => {
  test.for<[string, string, readonly string[] | undefined]>([
    ["services.*.published.port", "services.api.published.port", ["api"]],
    ["services.*.published.port", "services.api.published", undefined],
    ["services.*.published.port", "services.api.published.port.x", undefined],
    ["services.*.published", "services.api.published.port", undefined],
    ["services.*.published.**", "services.api.published.port", ["api"]],
    ["services.*.published.**", "services.api.published", ["api"]],
    ["services.*.env.*", "services.api.env.MODE", ["api", "MODE"]],
    ["**", "anything.at.all", []],
  ])("%s on %s", ([text, path, expected]) => {
    expect(matchPath(pattern(text), path.split("."))).toEqual(expected);
  });

  test.for(["", ".a", "a.", "a..b", "a.**.b", "a*", "**a", "a b", "a[b]", 'a["b"]c', 'a["b', 'a.["b"]'])(
    "%j is none",
    (text) => {
      expect(parsePattern(text)).toBeUndefined();
    },
  );
});
