import { describe, expect, test } from "vitest";
import { withoutCircles } from "../../../lib/import/translate/edges.ts";
import { phasesOf } from "../../../lib/import/translate/phases.ts";
import { serviceNames } from "../../../lib/import/translate/names.ts";
import { imported, refusal } from "../../support/imported.ts";

const notesOf = async (...args: Parameters<typeof imported>) =>
  (await imported(...args)).notes.map(({ kind, path, message }) => `${kind} ${path}: ${message}`);

describe("phases", () => {
  const services = (lines: Readonly<Record<string, string>>) =>
    `services: { ${Object.entries(lines)
      .map(([name, rest]) => `${name}: { image: acme/x, ${rest} }`)
      .join(", ")} }`;
  const phases = async (text: string) => {
    const { source } = await imported(text);
    const body = source.slice(source.indexOf("phases: {"), source.indexOf("services: {\n"));
    return [...body.matchAll(/(\w+): \{\s*title: [^[]*\[([^\]]*)\]/g)].map(
      ([, name, members = ""]) =>
        `${name}: ${[...members.matchAll(/"([^"]+)"/g)].map(([, one]) => one).join(" ")}`,
    );
  };

  test("what waits for nothing shares one, however it is written", async () => {
    expect(await phases(services({ web: "depends_on: [api]", api: "expose: [80]" }))).toEqual([
      "application: web api",
    ]);
  });

  test("a dependency that must be healthy is in an earlier one", async () => {
    const text = services({
      web: "depends_on: { api: { condition: service_healthy } }",
      api: "expose: [80]",
    });
    expect(await phases(text)).toEqual(["application: api", "application2: web"]);
  });

  test("what starts with a service is no earlier than what that one waits for", async () => {
    const text = services({
      web: "depends_on: { api: { condition: service_started } }",
      api: "depends_on: { migrate: { condition: service_completed_successfully } }",
      migrate: "command: up",
    });
    expect(await phases(text)).toEqual(["migrations: migrate", "application: web api"]);
  });

  test("a database comes before its clients, whether depends_on says so or only a URL", async () => {
    const text = `services:
      db: { image: postgres, environment: { POSTGRES_PASSWORD: abcdefgh } }
      api: { image: acme/x, depends_on: [db] }
      report: { image: acme/x, environment: { DATABASE_URL: "postgres://postgres:abcdefgh@db/postgres" } }`;
    expect(await phases(text)).toEqual(["data: db", "application: api report"]);
  });

  test("an edge that would close a circle is left out, and of two the first stays", () => {
    const edge = (from: string, to: string) => ({ from, to, barrier: true, restart: false, calls: true });
    expect(
      withoutCircles([edge("a", "b")], [edge("b", "a"), edge("a", "b"), edge("b", "c"), edge("c", "a")]),
    ).toEqual({
      edges: [edge("a", "b"), edge("b", "c")],
      added: [edge("b", "c")],
      dropped: [edge("b", "a"), edge("c", "a")],
    });
  });

  test("no services, no phases", () => {
    expect(phasesOf([], [])).toEqual([]);
  });
});

describe("names", () => {
  test("are host names, and two never become one", () => {
    expect(
      Object.fromEntries(
        serviceNames(
          ["web", "my_db", "my.db", "my-db", "q", "1st", "coordinator", "toString", "_"],
          ["coordinator"],
        ),
      ),
    ).toEqual({
      web: "web",
      "my-db": "my-db",
      my_db: "my-db-2",
      "my.db": "my-db-3",
      q: "q",
      "1st": "service-1st",
      coordinator: "coordinator-service",
      toString: "toString-service",
      _: "service",
    });
  });

  test("a constant is no word of the language, and no function that the file calls", async () => {
    const web = "services: { web: { image: nginx, expose: [80] } }";
    expect((await imported(web, { name: "import" })).constant).toBe("importStack");
    expect((await imported(web, { name: "tcp" })).constant).toBe("tcpStack");
    expect((await imported(web, { name: "42" })).constant).toBe("service42");
  });
});

describe("secrets", () => {
  test("one value is one secret, under the name of the database's", async () => {
    const { source, secrets } = await imported(`services:
      api: { image: acme/x, environment: { DB_PASS: abcdefgh, OTHER_SECRET: abcdefgh-other } }
      db: { image: postgres, environment: { POSTGRES_PASSWORD: abcdefgh } }`);
    expect(secrets).toEqual([
      { name: "dbPassword", from: "services.db.environment.POSTGRES_PASSWORD" },
      { name: "otherSecret", from: "services.api.environment.OTHER_SECRET" },
    ]);
    expect(source).toContain('DB_PASS: secret("dbPassword")');
  });

  test("a secret of one service is none of another's words, whichever comes first", async () => {
    const { source } = await imported(`services:
      first: { image: acme/x, command: [serve, jwt-of-the-last-one], expose: [80] }
      last: { image: acme/x, environment: { JWT_SECRET: jwt-of-the-last-one } }
      calls: { image: acme/x, environment: { A_URL: "http://first:80/?api_key=abcd1234", B_URL: "http://first:80/b" } }`);
    expect(source).not.toContain("jwt-of-the-last-one");
    expect(source).not.toContain("abcd1234");
    expect(source).toContain('A_URL: secret("aUrl")');
    expect(source).toContain('B_URL: urlOf("first", { path: "/b" })');
  });

  test("what is no port is none", async () => {
    const text = `services:
      a1: { image: acme/x, expose: ["70000"], environment: { PORT: "99999" } }
      b2: { image: acme/x, healthcheck: { test: "nc -z localhost 70000" } }`;
    const { source } = await imported(text);
    expect(source).not.toMatch(/port: |tcp\(/);
    expect(source).toContain('exec(["/bin/sh", "-c", "nc -z localhost 70000"]');
  });

  test("two values of one variable's name are two", async () => {
    const { secrets } = await imported(`services:
      a1: { image: x, environment: { API_KEY: first-of-them } }
      b2: { image: x, environment: { API_KEY: second-of-them } }`);
    expect(secrets.map(({ name }) => name)).toEqual(["apiKey", "b2ApiKey"]);
  });

  test("a variable's value is not read, and need not be there", async () => {
    const text = "services: { a1: { image: x, environment: { KEY: '${THE_TOKEN:?}', B: '${THE_TOKEN}' } } }";
    const without = await imported(text);
    expect(without.secrets).toEqual([{ name: "theToken", from: "the variable THE_TOKEN" }]);
    expect(await imported(text, { environment: { THE_TOKEN: "of the shell" } })).toEqual(without);
  });

  test("a password that is also a name hides no other text", async () => {
    const { source } = await imported(`services:
      postgres: { image: postgres, environment: { POSTGRES_PASSWORD: postgres } }
      api: { image: acme/postgres-api, command: [serve, --to, postgres], environment: { DB_NAME: postgres } }`);
    expect(source).toContain('password: secret("postgresPassword")');
    expect(source).toContain('command: ["serve", "--to", "postgres"]');
    expect(source).toContain('DB_NAME: "postgres"');
  });
});

describe("variables", () => {
  const image = "services: { a1: { image: 'acme/x:${TAG:-latest}', expose: [80] } }";
  const tagOf = async (...args: Parameters<typeof imported>) =>
    /acme\/x:([\w.]+)/.exec((await imported(...args)).source)?.[1];

  test("of the environment come before those of .env, and those before defaults", async () => {
    expect(await tagOf(image)).toBe("latest");
    expect(await tagOf({ "compose.yaml": image, ".env": "TAG=file" })).toBe("file");
    expect(
      await tagOf({ "compose.yaml": image, ".env": "TAG=file" }, { environment: { TAG: "shell" } }),
    ).toBe("shell");
  });

  test("of files that are named take the place of .env, the last first", async () => {
    const files = { "compose.yaml": image, ".env": "TAG=file", "a.env": "TAG=a", "b.env": "TAG=b" };
    expect(await tagOf(files, { envFiles: ["a.env", "b.env"] })).toBe("b");
  });

  test("a file of variables that is not there, or cannot be read", async () => {
    const service = (file: string) => `services: { a1: { image: x, env_file: ${file} } }`;
    expect(await refusal(service("none.env"))).toContain("services.a1.env_file: there is no file none.env");
    expect(await refusal({ "compose.yaml": service("a.env"), "a.env": "\n\n?" })).toContain(
      "  - a.env:3: is not NAME=value",
    );
    await expect(imported(service("[{ path: none.env, required: false }]"))).resolves.toBeDefined();
  });

  test("one that is passed on from an environment that lacks it", async () => {
    const text = "services: { a1: { image: x, environment: [HOME_PAGE] } }";
    expect(await notesOf(text)).toContain(
      "lost services.a1.environment.HOME_PAGE: is passed on from the environment, where it is not set",
    );
    const { source } = await imported(text, { environment: { HOME_PAGE: "here" } });
    expect(source).toContain('HOME_PAGE: "here"');
  });
});

test("profiles: all of them with a star", async () => {
  const text = "services: { a1: { image: x, profiles: [p] }, b2: { image: x } }";
  expect((await imported(text)).source).not.toContain("a1: service(");
  expect((await imported(text, { profiles: ["p"] })).source).toContain("a1: service(");
  expect((await imported(text, { profiles: ["*"] })).source).toContain("a1: service(");
});

test("a command that cannot be split is reported", async () => {
  expect(await notesOf('services: { a1: { image: x, command: "say \'hi" } }')).toContain(
    "lost services.a1.command: cannot be split into words: it has no closing '",
  );
});
