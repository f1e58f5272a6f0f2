import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { projectFiles } from "../../../lib/import/read/project-files.ts";
import { imported, refusal } from "../../support/imported.ts";

const web = "services: { web: { image: nginx } }";

describe("a file that is no compose file", () => {
  test.for([
    [
      "",
      "the compose project cannot be imported:\n  - compose.yaml:1 services: there is no service to import",
    ],
    ["services:", "compose.yaml:1 services: must be a mapping"],
    ["- a\n- b", "compose.yaml:1 (top): must be a mapping"],
    ["services: [", "compose.yaml:1: Flow sequence in block collection must be"],
    ["services: {}\nservices: {}", "compose.yaml:2: the key services is there twice"],
    ["services: !!python/object {}", "compose.yaml:1: the tag"],
    [
      "a: &a {}\nb: {<<: *a, <<: *a}",
      "compose.yaml:2: the key << is there twice: list what is merged, <<: [*a, *b]",
    ],
    ["x-a: 2024-01-01", "compose.yaml:1: a date is no value of a compose file: put it in quotes"],
    ["services: *nothing", "compose.yaml:1: there is no anchor &nothing"],
    ["x-a: 1\n<<: 3", "compose.yaml:2: << merges mappings only"],
  ] as const)("%s", async ([text, message]) => {
    expect(await refusal(text)).toContain(message);
  });

  test("one that is not there", async () => {
    expect(await refusal({})).toBe("there is no compose file compose.yaml");
    expect(await refusal({ "compose.yaml": web }, { envFiles: ["prod.env"] })).toBe(
      "there is no file of variables prod.env",
    );
  });
});

test("reports everything that is wrong together, with file and line", async () => {
  const text = `
name: shop
servics: {}
services:
  api:
    image: 7
    enviroment: { A: b }
    ports: ["eighty", { target: x }, "1-200:1-200"]
    volumes: [":/x", { type: magnetic, target: /x }]
    depends_on: { db: { condition: service_happy } }
    healthcheck: { interval: soon, retries: many, test: 5 }
    environment: [{ A: b }]
    deploy: { replica: 3 }
    command: "say 'hi"
  "a b": { image: x }
  queue:
    image: \${QUEUE_IMAGE:?which one}
`;
  expect(await refusal(text)).toBe(
    [
      "compose.yaml cannot be imported:",
      "  - compose.yaml:17 services.queue.image: the variable QUEUE_IMAGE must be set: which one",
    ].join("\n"),
  );
  expect(await refusal(text, { environment: { QUEUE_IMAGE: "rabbitmq" } })).toBe(
    [
      "compose.yaml cannot be imported:",
      "  - compose.yaml:3 servics: the compose specification has no such attribute: is services meant?",
      "  - compose.yaml:6 services.api.image: must be a text",
      "  - compose.yaml:7 services.api.enviroment: the compose specification has no such attribute: is environment meant?",
      "  - compose.yaml:8 services.api.ports[0]: must be a port such as 80, 8080:80 or 127.0.0.1:8080:80/udp",
      "  - compose.yaml:8 services.api.ports[1]: target: must be a port",
      "  - compose.yaml:8 services.api.ports[2]: a range has from 1 to 100 ports",
      "  - compose.yaml:9 services.api.volumes[0]: must be a volume such as data:/data, ./src:/app:ro or /cache",
      "  - compose.yaml:9 services.api.volumes[1]: type: must be bind, volume, tmpfs, cluster, npipe or image",
      "  - compose.yaml:10 services.api.depends_on: db.condition: must be service_started, service_healthy or service_completed_successfully",
      "  - compose.yaml:11 services.api.healthcheck.test: must be a text or a list of texts",
      '  - compose.yaml:11 services.api.healthcheck.interval: must be a duration such as "1m30s"',
      "  - compose.yaml:11 services.api.healthcheck.retries: must be a whole number",
      "  - compose.yaml:12 services.api.environment: 0: must be a text, a number or a switch",
      "  - compose.yaml:13 services.api.deploy.replica: the compose specification has no such attribute: is replicas meant?",
      "  - compose.yaml:14 services.api.command: cannot be split into words: it has no closing '",
      '  - compose.yaml:15 services["a b"]: a name has letters, digits, dots, dashes and underscores only',
    ].join("\n"),
  );
});

describe("a file that means harm", () => {
  test("aliases that multiply", async () => {
    const levels = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
    for (const [before, name] of ["ab", "bc", "cd", "de", "ef", "fg"])
      levels.push(`${name}: &${name} [${Array(10).fill(`*${before}`).join(", ")}]`);
    expect(await refusal(levels.join("\n"))).toContain("it comes to more than 50000 values");
  });

  test.for([
    ["an alias within itself", "a: &a { b: *a }"],
    ["brackets", "[".repeat(100_000)],
    ["dashes", `${"- ".repeat(50_000)}a`],
    ["indentation", Array.from({ length: 5000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n")],
  ] as const)("values without end: %s", async ([, text]) => {
    expect(await refusal(text)).toContain("values lie more than 60 deep: this file is refused");
  });

  test("texts that are long where something is searched for", { timeout: 60_000 }, async () => {
    const long = 200_000;
    const texts = ["a", "a ", " ", "-u ", "=", "mysql ", "a:", "://", "$$", "'"].map((part) =>
      part.repeat(long / part.length),
    );
    const [letters = ""] = texts;
    for (const text of texts) {
      const service = { image: "x", command: `x ${letters}`, healthcheck: { test: `x${text}` } };
      const environment = { A_URL: `x${text}`, A_PASSWORD: text, B: text };
      const { source } = await imported(JSON.stringify({ services: { web: { ...service, environment } } }));
      expect(source).toContain("web: service(");
    }
  });

  test("more services than anybody has", async () => {
    const services = Array.from({ length: 501 }, (_, i) => `s${i}: { image: x }`).join(", ");
    expect(await refusal(`services: { ${services} }`)).toContain(
      "compose.yaml:1 services: are 501, and an import takes 500 at most",
    );
  });

  test("as many services as are taken, each of which names all the others", { timeout: 60_000 }, async () => {
    const names = Array.from({ length: 500 }, (_, i) => `s${i}`);
    const environment = Object.fromEntries(names.map((name) => [`${name}_URL`, `http://${name}:80/`]));
    const services = names.map(
      (name, i) => [name, { image: "x", environment: i < 10 ? environment : {} }] as const,
    );
    const { notes } = await imported(JSON.stringify({ services: Object.fromEntries(services) }));
    expect(notes.some(({ message }) => message.includes("they cannot wait for each other"))).toBe(true);
  });

  test("defaults without end", async () => {
    const value = `${"${A:-".repeat(50)}x${"}".repeat(50)}`;
    expect(await refusal(`services: { web: { image: "${value}" } }`)).toContain(
      "its defaults lie more than 20 deep within each other",
    );
  });

  test("files that include each other, and themselves", async () => {
    const files = { "compose.yaml": `include: [b.yaml]`, "b.yaml": `include: [compose.yaml]` };
    expect(await refusal(files)).toBe(
      "files include each other in a circle: compose.yaml -> b.yaml -> compose.yaml",
    );
    expect(await refusal("include: [compose.yaml]")).toContain("compose.yaml -> compose.yaml");
  });

  test("services that extend each other, across files", async () => {
    const files = {
      "compose.yaml": "services: { a: { extends: { service: b, file: other.yaml } } }",
      "other.yaml": "services: { b: { extends: { service: a, file: compose.yaml } } }",
    };
    expect(await refusal(files)).toBe(
      "services extend each other in a circle: compose.yaml a -> other.yaml b -> compose.yaml a",
    );
  });

  test("an include from elsewhere", async () => {
    expect(await refusal("include: ['https://example.com/compose.yaml']")).toBe(
      "compose.yaml:1 include[0]: https://example.com/compose.yaml is not on this machine: fetch it, and include the local file",
    );
  });

  test("a service that extends one that is not there, two of one name", async () => {
    expect(await refusal("services: { a: { image: x, extends: b } }")).toContain(
      "compose.yaml:1 services.a.extends: there is no service b in compose.yaml",
    );
    const twice = {
      "compose.yaml": `include: [b.yaml]\n${web}`,
      "b.yaml": "services: { web: { image: httpd } }",
    };
    expect(await refusal(twice)).toContain(
      "  - b.yaml:1 services.web: is declared here and, otherwise, in b.yaml, which is included",
    );
  });

  test("services that wait for each other, for what is not there, and that are nothing", async () => {
    expect(
      await refusal("services: { a: { image: x, depends_on: [b] }, b: { image: x, depends_on: [a] } }"),
    ).toContain("  - compose.yaml:1 services: depend on each other in a circle: a -> b -> a");
    expect(await refusal("services: { a: { depends_on: [c] } }")).toBe(
      [
        "the compose project cannot be imported:",
        "  - compose.yaml:1 services.a: has neither an image nor a build",
        "  - compose.yaml:1 services.a.depends_on.c: there is no such service",
      ].join("\n"),
    );
    expect(
      await refusal("services: { a: { image: x, depends_on: [c] }, c: { image: x, profiles: [p] } }"),
    ).toContain("services.a.depends_on.c: is of the profile p: import it too, with --profile p");
  });

  test("code in every place where a text may stand is a text, and a comment stays one", async () => {
    const code = `"); } /* \\u2028 */ process.exit(1); \${x} //`;
    const evil = JSON.stringify(code.replaceAll("$", "$$$$"));
    const { source } = await imported(
      `services: { ${JSON.stringify("a")}: { image: ${evil}, command: [${evil}], labels: { a: ${evil} }, volumes: ["./x\\u2028y:/x"], environment: { ${evil}: ${evil} }, healthcheck: { test: ["CMD", ${evil}] }, network_mode: ${evil} } }`,
      { name: "x */ evil()" },
    );
    const outside = source
      .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, "")
      .replace(/\/\*[^]*?\*\/|\/\/[^\n]*/g, "");
    expect(outside).not.toMatch(/process|evil|\$\{|\u2028/);
    expect(source).toContain("process.exit(1)");
  });
});

describe("the files that are read", () => {
  async function inProject(check: (root: string, outside: string) => Promise<void>): Promise<void> {
    const base = await mkdtemp(join(tmpdir(), "phasegate-import-"));
    try {
      const root = join(base, "project");
      await mkdir(root);
      await writeFile(join(base, "outside.yaml"), web);
      await check(root, join(base, "outside.yaml"));
    } finally {
      await rm(base, { recursive: true });
    }
  }

  test("lie within the project, also by way of a link", () =>
    inProject(async (root, outside) => {
      await symlink(outside, join(root, "link.yaml"));
      const files = projectFiles(root, []);
      for (const path of [outside, join(root, "link.yaml"), "/etc/hostname"])
        await expect(files.read(path)).rejects.toThrow(
          `${path} is not read: it lies outside of the project: run the command in a directory that holds it`,
        );
      expect(await projectFiles(root, [outside]).read(outside)).toBe(web);
      expect(await files.read(join(root, "none.yaml"))).toBeUndefined();
    }));

  test("are files, and not too large", () =>
    inProject(async (root) => {
      const files = projectFiles(root, []);
      await expect(files.read(root)).rejects.toThrow("it is no file");
      await writeFile(join(root, "large.yaml"), "#".repeat(1024 * 1024 + 1));
      await expect(files.read(join(root, "large.yaml"))).rejects.toThrow("it has more than 1048576 bytes");
      await writeFile(join(root, "wide.yaml"), Buffer.from(`\uFEFF${web}`, "utf16le"));
      await expect(files.read(join(root, "wide.yaml"))).rejects.toThrow("it is UTF-16: save it as UTF-8");
      await writeFile(join(root, "full.yaml"), "#".repeat(1024 * 1024));
      expect(await files.read(join(root, "full.yaml"))).toHaveLength(1024 * 1024);
    }));

  test("are not too many", () =>
    inProject(async (root) => {
      const files = projectFiles(root, []);
      await writeFile(join(root, "a.yaml"), web);
      for (let i = 0; i < 200; i += 1) await files.read(join(root, "a.yaml"));
      await expect(files.read(join(root, "a.yaml"))).rejects.toThrow("more than 200 files are needed");
    }));
});
