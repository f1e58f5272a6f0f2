import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** What a program prints that Pulumi's SDK is loaded by. */
function printed(program: string, ...args: readonly string[]): unknown {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...args, "--input-type=commonjs", "--eval", program],
    // A cache of the caller's own stands before ours.
    { cwd: process.cwd(), encoding: "utf8", env: { ...process.env, NODE_COMPILE_CACHE: undefined } },
  );
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

const quickly = ["--require", join(process.cwd(), "lib/pulumi/start/quick-start.cjs")];

test("packages that are seldom used are not loaded", () => {
  const loaded = `
    require("@pulumi/pulumi");
    require("dockerode");
    require("@pulumi/pulumi/cmd/run/tracing.js").newSpan("here").end();
    const seldom = /node_modules.(typescript|@npmcli.arborist|pacote|ssh2|@grpc.proto-loader|execa|spdx-correct|tar-fs|@opentelemetry.exporter-.*|semver)./;
    const files = Object.keys(require.cache).filter((file) => seldom.test(file));
    console.log(JSON.stringify(files.map((file) => file.split("node_modules/")[1]).sort()));`;
  const stubs = [
    "@npmcli/arborist/lib/index.js",
    "semver/index.js",
    "tar-fs/index.js",
    "typescript/lib/typescript.js",
  ];
  expect(printed(loaded, ...quickly)).toEqual(stubs);
  const all = printed(loaded);
  expect(all).toEqual(expect.arrayContaining(stubs));
  expect((all as string[]).length).toBeGreaterThan(stubs.length);
});

test("who imports such a package finds the same names in it", () => {
  const program = `
    require("@pulumi/pulumi");
    require("dockerode");
    Promise.all(["semver", "tar-fs", "typescript", "docker-modem/lib/ssh.js"].map((name) => import(name)))
      .then((all) => console.log(JSON.stringify(all.map((names) => Object.keys(names).sort()))));`;
  expect(printed(program, ...quickly)).toEqual(printed(program));
});

test("of zod's languages that one is loaded which is called", () => {
  const program = `
    const languages = new Set();
    require("node:module").registerHooks({ load: (url, context, next) => {
      const [, language] = /zod\\/v4\\/locales\\/(\\w+)\\.js$/.exec(url) ?? [];
      if (language !== undefined) languages.add(language);
      return next(url, context);
    } });
    import("zod").then(({ z }) => {
      const before = [...languages];
      z.config(z.locales.de());
      const { message } = z.string().safeParse(1).error.issues[0];
      console.log(JSON.stringify({ before, message, names: Object.keys(z.locales).length }));
    });`;
  interface Printed {
    readonly before: readonly string[];
    readonly message: string;
    readonly names: number;
  }
  const quick = printed(program, ...quickly) as Printed;
  const plain = printed(program) as Printed;
  expect(quick.before.toSorted()).toEqual(["en", "index"]);
  expect(plain.before).toContain("de");
  expect({ ...quick, before: [] }).toEqual({ ...plain, before: [] });
  expect(quick.message).toMatch(/^Ungültige Eingabe/);
});

test("a Node.js that does not run TypeScript says so", () => {
  const program = `
    Object.defineProperty(process.versions, "node", { value: "20.20.2" });
    require(${JSON.stringify(quickly[1])});
    console.log("went on");`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--eval", program], { encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/^phasegate needs Node\.js \S+ or newer; this is 20\.20\.2\. .*npm ci.*\n$/);
});

test("who serialises a function gets the same as without", () => {
  // It reads the program by TypeScript, and the packages that it needs by arborist.
  const serialise = `
    const { runtime } = require("@pulumi/pulumi");
    const { join } = require("node:path");
    const at = "there";
    const { text } = await runtime.serializeFunction(() => join("somewhere", at));
    const paths = await runtime.computeCodePaths();
    console.log(JSON.stringify({ text, paths: [...paths.keys()].sort() }));`;
  const program = `(async () => {${serialise}})();`;
  const quick = printed(program, ...quickly);
  expect(quick).toEqual(printed(program));
  // Neither is what a package that loads nothing would give.
  expect(JSON.stringify(quick)).toMatch(/somewhere.*node_modules\/zod/);
});

test("of a function that cannot be serialised it is said where it is", () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "hashing.cjs");
  writeFileSync(
    file,
    `const hash = require("node:crypto").createHash("sha256");\nexports.hashed = () => hash;\n`,
  );
  // It is loaded before anybody asks where functions are.
  const refusal = `(async () => {
    const { hashed } = require(${JSON.stringify(file)});
    const { runtime } = require("@pulumi/pulumi");
    const refused = await runtime.serializeFunction(hashed).catch(({ message }) => message);
    console.log(JSON.stringify(refused));
  })();`;
  expect(printed(refusal, ...quickly)).toMatch(/hashing\.cjs\(2,\d+\): captured/);
});

test("V8 is asked for nothing while no function is serialised", () => {
  // With a flag that V8 did not have when it compiled something, it compiles that again.
  const natives = `
    require("@pulumi/pulumi");
    require("@pulumi/pulumi/runtime/closure/v8Hooks").isInitializedAsync().then(() => {
      let natives = true;
      try { new Function("%GetOptimizationStatus(() => 0)"); } catch { natives = false; }
      console.log(JSON.stringify(natives));
    });`;
  expect(printed(natives, ...quickly)).toBe(false);
  expect(printed(natives)).toBe(true);
});

test("a program is traced where somebody asks for it", () => {
  const traced = `
    const tracing = require("@pulumi/pulumi/cmd/run/tracing.js");
    const before = tracing.newSpan("before").isRecording();
    tracing.start("http://127.0.0.1:9/api/v2/spans");
    console.log(JSON.stringify([before, tracing.newSpan("then").isRecording()]));
    process.exit();`;
  expect(printed(traced, ...quickly)).toEqual([false, true]);
  expect(printed(traced)).toEqual([false, true]);
});

test("an engine is reached by ssh as without", () => {
  const agent = `
    const agent = require("docker-modem/lib/ssh")({ host: "127.0.0.1", port: 1 });
    console.log(JSON.stringify(agent instanceof require("node:http").Agent));`;
  expect(printed(agent, ...quickly)).toBe(true);
});

test("what is loaded again comes out of a cache in the project", () => {
  const directory = `console.log(JSON.stringify(require("node:module").getCompileCacheDir() ?? null));`;
  expect(printed(directory, ...quickly)).toMatch(/node_modules\/\.cache\/phasegate\//);
  expect(printed(directory)).toBeNull();
});

describe("a message for debugging", () => {
  /** The messages that reach the CLI of a program that says two things, run as the child of a process that was called so. */
  function sent(command: readonly string[], env: NodeJS.ProcessEnv = {}): unknown {
    const program = `
      const messages = [];
      require("@pulumi/pulumi/runtime/settings").getEngine = () =>
        ({ log: (request, done) => { messages.push(request.getMessage()); done(); } });
      const { log } = require("@pulumi/pulumi");
      Promise.all([log.debug("for debugging"), log.info("for all")]).then(() => console.log(JSON.stringify(messages)));`;
    const call = JSON.stringify([...quickly, "--input-type=commonjs", "--eval", program]);
    const parent = `require("node:child_process").spawnSync(process.execPath, ${call}, { stdio: "inherit" });`;
    const [argv0 = "", ...args] = command;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--input-type=commonjs", "--eval", parent, "--", ...args],
      { argv0, cwd: process.cwd(), encoding: "utf8", env: { ...process.env, ...env } },
    );
    expect(stdout, stderr).not.toBe("");
    return JSON.parse(stdout);
  }

  const both = ["for debugging", "for all"];

  test.each([
    ["/opt/pulumi/bin/pulumi", "up", "--yes", "--skip-preview", "--stack", "dev"],
    ["pulumi", "preview", "--diff", "-s", "dev"],
  ])("is not sent where nobody will see it: %s %s %s %s", (...command) => {
    expect(sent(command)).toEqual(["for all"]);
  });

  test.each([
    ["pulumi", "up", "--debug"],
    ["pulumi", "up", "-yd"],
    ["pulumi", "preview", "-v=9"],
    ["pulumi", "up", "--logtostderr"],
    ["pulumi", "up", "--verbose=3"],
  ])("is sent where it is asked for: %s %s %s", (...command) => {
    expect(sent(command)).toEqual(both);
  });

  test("is sent where a variable asks for it", () => {
    expect(sent(["pulumi", "up"], { PULUMI_OPTION_DEBUG: "true" })).toEqual(both);
  });

  test("is sent where nobody knows what the command was", () => {
    expect(sent(["node", "somewhere"])).toEqual(both);
  });
});

test("a promise is not given a stack trace, an error is", () => {
  const noted = `
    const { debuggablePromise } = require("@pulumi/pulumi/runtime/debuggable");
    const promise = Promise.resolve();
    debuggablePromise(promise, "a name");
    console.log(JSON.stringify([promise._debugCtx, promise._debugStackTrace, new Error("of its own").stack.split("\\n").length > 1]));`;
  expect(printed(noted, ...quickly)).toEqual(["a name", "Error", true]);
  expect(printed(noted)).toEqual(["a name", expect.stringMatching(/^Error\n +at /), true]);
});
