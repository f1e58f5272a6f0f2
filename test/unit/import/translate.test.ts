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
    expect(await phases(text)).toEqual(["api: api", "web: web"]);
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
  test("what a service has of one that it reaches is one secret, under the name of the database's", async () => {
    const { source, secrets } = await imported(`services:
      api: { image: acme/x, environment: { DB_HOST: db, DB_PASS: abcdefgh, OTHER_SECRET: abcdefgh-other } }
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
    expect(await refusal(service("none.env"))).toContain(
      "compose.yaml:1 services.a1.env_file: there is no file none.env",
    );
    expect(await refusal({ "compose.yaml": service("a.env"), "a.env": "\n\n?" })).toContain(
      "  - a.env:3: is not NAME=value",
    );
    await expect(imported(service("[{ path: none.env, required: false }]"))).resolves.toBeDefined();
  });

  test("what is set for a whole machine is passed on from whoever runs Pulumi, set now or not", async () => {
    const text = "services: { a1: { image: x, environment: [https_proxy, TZ, AWS_SECRET_ACCESS_KEY] } }";
    const files = { "compose.yaml": text, ".env": "TZ=Europe/Berlin" };
    const environment = { AWS_SECRET_ACCESS_KEY: "key-of-the-caller-1" };
    const { source, notes, secrets } = await imported(files, { environment });
    expect(source).toContain('https_proxy: passThrough("https_proxy")');
    expect(source).toContain('AWS_SECRET_ACCESS_KEY: passThrough("AWS_SECRET_ACCESS_KEY")');
    expect(source).toContain('TZ: "Europe/Berlin"');
    expect(secrets).toEqual([]);
    expect(JSON.stringify([source, notes])).not.toMatch(/key-of-the-caller|not set there/);
  });

  describe("of a file that is the service's own", () => {
    const files = (compose: string, text: string) => ({
      "compose.yaml": `services:
        a1: { image: x, ${compose} }
        api: { image: y, expose: [80] }
        db: { image: postgres, environment: { POSTGRES_PASSWORD: password-of-db } }`,
      "ops/a.env": text,
      "ops/b.env": "LEVEL=debug\n",
    });
    const declared = async (compose: string, text: string) => {
      const { source } = await imported(files(compose, text));
      return source.replace(/\s+/g, " ");
    };

    test("stay there, and its own come before them", async () => {
      const text = "# of all\nLEVEL=info\nTITLE='A shop'\n";
      expect(await declared("env_file: [ops/a.env, ops/b.env], environment: { TITLE: b }", text)).toContain(
        'a1: service({ image: "x", env: { TITLE: "b" }, envFile: ["ops/a.env", "ops/b.env"],',
      );
    });

    test("and lead to the services that they name", async () => {
      const { source } = await imported(files("env_file: ops/a.env", "API_HOST=api\n"));
      expect(source).toContain('a1: ["api"]');
      expect(source.replace(/\s+/g, " ")).toContain(
        '// changed: environment.API_HOST: names api, which depends_on does not: starts no earlier than it envFile: ["ops/a.env"]',
      );
    });

    test.for([
      ["a secret", "API_TOKEN=t-9f2c71-x\n"],
      ["a URL that is urlOf()", "DATABASE_URL=postgres://postgres:password-of-db@db/postgres\n"],
      ["what only compose fills in", "LEVEL=${UNSET-x}\n"],
      ["another sign", "LEVEL: info\n"],
      ["one without a value", "LEVEL=info\nHOME_PAGE\n"],
    ])("but not with %s", async ([, text = ""]) => {
      const source = await declared("env_file: ops/a.env", text);
      expect(source).not.toContain("envFile");
      expect(source).toContain("env: {");
    });

    test("but not where it is raw, is outside of the project, or is a database's", async () => {
      expect(await declared("env_file: [{ path: ops/a.env, format: raw }]", "A=b\n")).not.toContain(
        "envFile",
      );
      const outside = {
        "compose.yaml": "services: { a1: { image: x, env_file: ../a.env } }",
        "../a.env": "A=b\n",
      };
      expect((await imported(outside)).source).not.toContain("envFile");
      const database = {
        "compose.yaml": "services: { db: { image: redis, env_file: a.env } }",
        "a.env": "A=b\n",
      };
      expect((await imported(database)).source).not.toContain("envFile");
    });
  });

  test("one that is passed on from an environment that lacks it", async () => {
    const text = "services: { a1: { image: x, environment: [HOME_PAGE] } }";
    expect(await notesOf(text)).toContain(
      "check services: pass on one variable of the environment that is not set there, and left out here, as by compose: a1",
    );
    const { source } = await imported(text, { environment: { HOME_PAGE: "here" } });
    expect(source).toContain('HOME_PAGE: "here"');
  });
});

test("profiles: one without a name is there where no other is asked for, as by compose", async () => {
  const files = { "compose.yaml": 'services: { a1: { image: x, profiles: [""] }, b2: { image: x } }' };
  expect((await imported(files)).source).toContain("a1: service(");
  expect(await notesOf({ ...files, ".env": "COMPOSE_PROFILES=p" })).toContain(
    "lost services.a1: is of a profile without a name, which is asked for where no other is: take out its profiles",
  );
});

test("profiles: all of them with a star", async () => {
  const text = "services: { a1: { image: x, profiles: [p] }, b2: { image: x } }";
  expect((await imported(text)).source).not.toContain("a1: service(");
  expect((await imported(text, { profiles: ["p"] })).source).toContain("a1: service(");
  expect((await imported(text, { profiles: ["*"] })).source).toContain("a1: service(");
});

describe("what compose reads", () => {
  const leak = {
    ".env": "DB_PASSWORD=s-9f2c71",
    "compose.yaml": `services:
      a1: { image: x, environment: { DB_PASSWORD: "\${DB_PASSWORD}" } }
      b2: { image: x, command: [run, --with, s-9f2c71] }
      c3: { image: x, command: [run, "at=xs-9f2c71x"] }`,
  };

  test("the value of a secret that stands in another service's command is not shown", async () => {
    const { source, notes } = await imported(leak);
    expect(JSON.stringify([source.replace("xs-9f2c71x", ""), notes])).not.toContain("s-9f2c71");
    // Within another word it is not that word.
    expect(source).toContain("at=xs-9f2c71x");
  });

  test("a secret that is not used by its variable is none the less one", async () => {
    const files = {
      ".env": "DB_PASSWORD=s-9f2c71",
      "compose.yaml": "services: { b2: { image: x, command: [run, s-9f2c71] } }",
    };
    expect((await imported(files)).source).not.toContain("s-9f2c71");
  });

  test("a variable of a secret that is not set, or is empty, is what compose makes of it", async () => {
    const { source, secrets, notes } = await imported(`services:
      a1:
        image: "app:\${TOKEN_SERVICE_TAG:-2}"
        command: "serve \${TLS_KEY:+--tls}"
        ports: ["\${TOKEN_PORT:-8081}:8080"]
        environment: { CACHE_PASSWORD: , API_TOKEN: "\${API_TOKEN-}" }`);
    expect(secrets).toEqual([]);
    expect(source).toContain('image: "app:2"');
    expect(source).toContain('command: ["serve"]');
    expect(source).toContain("publish: 81");
    expect(source).toContain('API_TOKEN: ""');
    expect(notes.filter(({ kind }) => kind === "lost")).toEqual([]);
  });

  test("a variable of a secret that must be set, and is not", async () => {
    expect(await refusal("services: { a1: { image: x, environment: { K: '${API_KEY:?x}' } } }")).toContain(
      "compose.yaml:1 services.a1.environment.K: the variable API_KEY must be set: x",
    );
  });

  test("a password that is an ordinary word leaves images, volumes and commands as they are", async () => {
    const { source, notes } = await imported(`services:
      a1:
        image: acme/orders-api:3
        command: run orders
        volumes: ["orders-data:/data"]
        environment: { S3_SECRET_KEY: orders, BASE_URL: replace-me, SECRET_KEY_BASE: replace-me, AUTH: acme/shop-auth:2.185 }
volumes: { orders-data: }`);
    expect(source).toContain('image: "acme/orders-api:3"');
    expect(source).toContain('command: ["run", "orders"]');
    expect(source).toContain('"orders-data": "/data"');
    expect(source).toContain('BASE_URL: "replace-me"');
    expect(source).toContain('SECRET_KEY_BASE: secret("secretKeyBase")');
    expect(notes.map(({ message }) => message)).toContain(
      "has an ordinary word in it that is also a password of this project: kept",
    );
  });

  test("equal passwords of services that have nothing to do with each other are two", async () => {
    const { secrets } = await imported(`services:
      a1: { image: x, environment: { ADMIN_PASSWORD: replace-me } }
      b2: { image: x, environment: { SMTP_PASSWORD: replace-me } }`);
    expect(secrets.map(({ name }) => name)).toEqual(["adminPassword", "smtpPassword"]);
  });

  test("one secret that comes by a file of variables and by a text is one", async () => {
    const files = {
      ".env": "DB_PASSWORD=s-9f2c71\n",
      "compose.yaml": `services:
        db: { image: postgres, environment: { POSTGRES_PASSWORD: "\${DB_PASSWORD}" } }
        api: { image: x, env_file: .env }
        web: { image: x, environment: { DATABASE_URL: "\${DATABASE_URL:-postgres://postgres:\${DB_PASSWORD}@db/postgres}" } }`,
    };
    const { secrets, source } = await imported(files);
    expect(secrets).toEqual([{ name: "dbPassword", from: "the variable DB_PASSWORD" }]);
    expect(source).toContain('DATABASE_URL: urlOf("db")');
  });

  test("COMPOSE_FILE, COMPOSE_PROFILES and COMPOSE_PROJECT_NAME, of .env or of the environment", async () => {
    const files = {
      ".env": "COMPOSE_FILE=a.yaml:b.yaml\nCOMPOSE_PROFILES=p, q\nCOMPOSE_PROJECT_NAME=of_env",
      "a.yaml":
        "name: of-a\nservices: { a1: { image: x, profiles: [q] }, none: { image: x, profiles: [other] } }",
      "b.yaml": 'services: { b2: { image: "x:${COMPOSE_PROJECT_NAME}", profiles: [""] } }',
    };
    const { source, name } = await imported(files, {}, []);
    expect([name, source.includes("a1: service("), source.includes("none: service(")]).toEqual([
      "of-env",
      true,
      false,
    ]);
    const otherwise = { environment: { COMPOSE_PROFILES: "", COMPOSE_PROJECT_NAME: "shell" } };
    const other = await imported(files, otherwise, []);
    expect([
      other.name,
      other.source.includes("a1: service("),
      other.source.includes("b2: service("),
    ]).toEqual(["shell", false, true]);
    expect(other.source).toContain('image: "x:shell"');
  });

  test("what belongs together: networks, volumes, and what excludes each other", async () => {
    const text =
      "services: { a1: { image: x, volumes: ['data:/data'], networks: [n], secrets: [s], network_mode: host } }";
    expect(await refusal(text)).toBe(
      [
        "compose.yaml cannot be imported:",
        "  - compose.yaml:1 services.a1.volumes: data is not declared: the file has no such entry under volumes",
        "  - compose.yaml:1 services.a1.networks: n is not declared: the file has no such entry under networks",
        "  - compose.yaml:1 services.a1.secrets: s is not declared: the file has no such entry under secrets",
        "  - compose.yaml:1 services.a1.network_mode: excludes networks: a service has one of the two",
      ].join("\n"),
    );
  });

  test("a secret where a number must be", async () => {
    const text = "services: { a1: { image: x, healthcheck: { retries: '${API_KEY}' } } }";
    const message = await refusal(text, { environment: { API_KEY: "54321" } });
    expect(message).toContain("comes from API_KEY, which is taken for a secret: call the variable otherwise");
    expect(message).not.toContain("54321");
  });

  test("what is not set in many places is said once", async () => {
    const names = Array.from({ length: 40 }, (_, i) => `V${i}`);
    const notes = await notesOf(`services:
      a1: { image: x, environment: [${names.join(", ")}, "A=$UNSET", "B=$UNSET"] }
      b2: { image: x, environment: [${names.slice(0, 2).join(", ")}, "A=$UNSET"] }`);
    expect(notes.filter((note) => /not set/.test(note))).toEqual([
      "check services.a1.environment.A: the variable UNSET is not set: empty in its place here, and in 2 more places",
      "check services: pass on 42 variables of the environment that are not set there, and left out here, as by compose: a1 (40), b2 (2)",
    ]);
  });
});

describe("what containers have", () => {
  test("files and folders of the host, memory, shared and external volumes", async () => {
    const { source, notes } = await imported({
      "compose.yaml": `services:
        web:
          image: nginx
          volumes:
            - ./ops/nginx.conf:/etc/nginx/nginx.conf:ro
            - ./pages:/srv/pages
            - ./not-there.conf:/etc/not-there.conf
            - uploads:/uploads:ro
            - models:/models
            - { type: tmpfs, target: /cache, tmpfs: { size: 64m, mode: 01777 } }
            - own:/own
            - /scratch
          tmpfs: "/run:size=1g,mode=755"
          configs: [{ source: page, target: /page.html }]
        api: { image: acme/api, expose: [80], volumes: ["uploads:/uploads"] }
configs: { page: { file: ./page.html } }
volumes: { own: , uploads: , models: { external: true, name: models_v2 } }`,
      "ops/nginx.conf": "",
      "pages/index.html": "",
    });
    for (const mount of [
      '"/etc/nginx/nginx.conf": hostFile("ops/nginx.conf")',
      '"/srv/pages": hostFolder("pages", { writable: true })',
      '"/etc/not-there.conf": hostFile("not-there.conf", { writable: true })',
      '"/uploads": volume("uploads", { readOnly: true })',
      '"/models": externalVolume("models_v2")',
      '"/cache": tmpfs({ size: "64mb", mode: "1777" })',
      '"/run": tmpfs({ size: "1gb", mode: "755" })',
      '"/page.html": hostFile("page.html")',
      'volumes: { own: "/own" }',
      'mounts: { "/uploads": volume("uploads") }',
    ])
      expect(source).toContain(mount);
    expect(notes.filter(({ kind }) => kind === "lost")).toEqual([]);
  });

  test("a volume that one service mounts twice is one", async () => {
    const { source, notes } = await imported(`services:
      a1: { image: x, volumes: ["pages:/in", "pages:/out:ro", "./d:/d:cached", "pages:/n:nocopy"] }
volumes: { pages: }`);
    expect(source.replace(/\s+/g, " ")).toContain(
      'mounts: { "/in": volume("pages"), "/out": volume("pages", { readOnly: true }), "/d": hostFolder("d", { writable: true }), "/n": volume("pages"), }',
    );
    expect(source).not.toContain("volumes: {");
    expect(notes.filter(({ kind }) => kind === "lost").map(({ message }) => message)).toEqual(["/n: nocopy"]);
  });

  test("several ports, of TCP and UDP, at an address of the host", async () => {
    const { source, notes } = await imported(`services:
      web:
        image: acme/web
        ports: ["80:80", "443:443", "127.0.0.1:53:53/udp", "0.0.0.0:9100:9100", "7000:7000/sctp"]`);
    for (const port of [
      "publish: 80",
      "https: { container: 443, publish: 443 }",
      'dns: { container: 53, protocol: "udp", publish: 53 }',
      'metrics: { container: 9100, host: { address: "0.0.0.0", port: 9100 } }',
      'path: "services.web.ports.metrics.published.ip"',
    ])
      expect(source).toContain(port);
    expect(notes.filter(({ kind }) => kind === "lost").map(({ message }) => message)).toEqual([
      "the port 7000/sctp is not published",
    ]);
  });

  test("MySQL and MariaDB, whose clients have a user or are root", async () => {
    const { source, secrets } = await imported(`services:
      db:
        image: mariadb:11
        environment: { MARIADB_USER: app, MARIADB_PASSWORD: first-pw-1, MARIADB_DATABASE: shop, MARIADB_ROOT_PASSWORD: root-pw-2 }
        healthcheck: { test: ["CMD", "healthcheck.sh", "--connect"] }
      old: { image: "mysql:8", environment: { MYSQL_ROOT_PASSWORD: root-pw-3, MYSQL_DATABASE: old } }
      none: { image: "mysql:8", environment: { MYSQL_ROOT_PASSWORD: root-pw-4 } }
      api:
        image: acme/api
        environment: { A_URL: "mysql://app:first-pw-1@db:3306/shop", B_URL: "mysql://root:root-pw-3@old/old" }`);
    expect(source).toContain('user: "app"');
    expect(source).toContain('rootPassword: secret("dbRootPassword")');
    expect(source).toContain('A_URL: urlOf("db")');
    expect(source).toContain('user: "root"');
    expect(source).toContain('B_URL: urlOf("old")');
    expect(source).toContain("none: service({");
    expect(secrets.map(({ name }) => name).sort()).toEqual([
      "dbPassword",
      "dbRootPassword",
      "mysqlRootPassword",
      "oldPassword",
    ]);
  });

  test("what they may use of the machine, by their own attributes or by deploy", async () => {
    const { source, notes } = await imported(`services:
      a1: { image: x, mem_limit: 512m, memswap_limit: 768m, shm_size: 1gb, ulimits: { nofile: { soft: 1024, hard: 4096 }, memlock: -1, nproc: 65535 } }
      b2: { image: x, deploy: { resources: { limits: { memory: 1G, cpus: "0.5" }, reservations: { memory: 1000000 } } } }`);
    expect(source.replace(/\s+/g, " ")).toContain(
      'resources: { memory: "512mb", swap: "256mb", shmSize: "1gb", ulimits: { nofile: { soft: 1024, hard: 4096 }, memlock: "unlimited", nproc: 65535 }, }',
    );
    expect(source).toContain('resources: { memory: "1gb", memoryReservation: "1mb", cpus: 0.5 }');
    expect(
      notes.filter(({ kind, path }) => kind !== "check" && path !== "services").map(({ path }) => path),
    ).toEqual(["services.b2.mem_reservation"]);
  });

  test("MongoDB with an account, with none, and its clients' URLs", async () => {
    const { source, secrets } = await imported(`services:
      mongo:
        image: mongo:8
        environment: { MONGO_INITDB_ROOT_USERNAME: root, MONGO_INITDB_ROOT_PASSWORD: mongo-pw-1 }
        healthcheck: { test: "echo 'db.runCommand({ ping: 1 }).ok' | mongosh localhost:27017/test --quiet" }
      open: { image: "mongo:4.4", command: [--replSet, rs0] }
      api:
        image: acme/api
        environment:
          A_URL: "mongodb://root:mongo-pw-1@mongo:27017/shop?authSource=admin"
          B_URL: "mongodb://root:mongo-pw-1@mongo/?authSource=admin"
          C_URL: "mongodb://open/events"
          D_URL: "mongodb://somebody:else-entirely@mongo/shop"`);
    const declared = source.replace(/\s+/g, " ");
    for (const part of [
      'mongo: mongodb({ image: "mongo:8", database: "shop", user: "root", password: secret("mongoPassword"), validations: { ready: { answers: ping({ level: "basic" }) } }',
      'open: mongodb({ image: "mongo:4.4", database: "events", command: ["--replSet", "rs0"], healthcheck: { command: ["CMD", "mongo",',
      'A_URL: urlOf("mongo")',
      'B_URL: urlOf("mongo", { path: "/?authSource=admin" })',
      'C_URL: urlOf("open")',
      'D_URL: secret("dUrl")',
    ])
      expect(declared).toContain(part);
    expect(secrets.map(({ name }) => name)).toEqual(["mongoPassword", "dUrl"]);
  });

  test("Kafka by what it tells its clients", async () => {
    const { source } = await imported(`services:
      kafka:
        image: apache/kafka:4.0.0
        environment:
          KAFKA_ADVERTISED_LISTENERS: "HOST://localhost:9094, INSIDE://kafka:9092"
          KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "HOST:PLAINTEXT, INSIDE:PLAINTEXT"
      plain: { image: "confluentinc/cp-kafka:7", environment: { KAFKA_ADVERTISED_LISTENERS: "PLAINTEXT://plain:9092" } }
      other: { image: "confluentinc/cp-kafka:7", environment: { KAFKA_ADVERTISED_LISTENERS: "PLAINTEXT://other:29092" } }
      outside: { image: apache/kafka:4.0.0, environment: { KAFKA_ADVERTISED_LISTENERS: "PLAINTEXT://localhost:9092" } }
      api: { image: acme/api, environment: { KAFKA_URL: "kafka://kafka:9092", BROKERS: "kafka:9092,plain:9092" } }`);
    const declared = source.replace(/\s+/g, " ");
    expect(declared).toContain('kafka: kafka({ image: "apache/kafka:4.0.0", env:');
    expect(declared).toContain('plain: kafka({ image: "confluentinc/cp-kafka:7", env:');
    expect(declared.match(/answers: brokers\(\{ level: "basic" \}\)/g)).toHaveLength(2);
    expect(declared).toContain('other: service({ image: "confluentinc/cp-kafka:7", port: 29092,');
    expect(declared).toContain('outside: service({ image: "apache/kafka:4.0.0", port: 9092,');
    expect(declared).toContain('KAFKA_URL: urlOf("kafka")');
    expect(declared).toContain('BROKERS: "kafka:9092,plain:9092"');
    expect(declared).toContain('api: ["kafka", "plain"]');
  });

  test("a MongoDB whose account is in files is probed by its port", async () => {
    const { source } = await imported(`services:
      mongo: { image: mongo:8, environment: { MONGO_INITDB_ROOT_USERNAME_FILE: /run/secrets/user } }`);
    expect(source).toContain("mongo: service({");
    expect(source).toContain("listens: tcp(27017");
  });

  test("memcached answers, whatever its health check asks", async () => {
    const { source, notes } = await imported(`services:
      cache: { image: memcached:1 }
      other: { image: memcached:1, ports: ["11311:11311"], command: [memcached, -p, "11311"] }
      checked: { image: memcached:1, healthcheck: { test: "nc -z localhost 11211" } }`);
    expect(source.match(/answers: memcached\(\{ level: "basic" \}\)/g)).toHaveLength(2);
    expect(source).toContain("listens: tcp(11311");
    expect(notes.map(({ path }) => path)).not.toContain("services.cache");
  });

  test("RabbitMQ, and its clients' URLs", async () => {
    const { source, notes } = await imported(`services:
      queue:
        image: rabbitmq:4
        environment: { RABBITMQ_DEFAULT_USER: shop, RABBITMQ_DEFAULT_PASS: queue-pw-1, RABBITMQ_DEFAULT_VHOST: orders }
        healthcheck: { test: rabbitmq-diagnostics -q ping }
      plain: { image: "rabbitmq:4" }
      api:
        image: acme/api
        environment: { A_URL: "amqp://shop:queue-pw-1@queue:5672/orders", B_URL: "amqp://guest:guest@plain/" }`);
    for (const part of [
      'user: "shop"',
      'vhost: "orders"',
      "answers: amqp(",
      'A_URL: urlOf("queue")',
      'B_URL: urlOf("plain")',
    ])
      expect(source).toContain(part);
    expect(notes.map(({ path }) => path)).toContain("services.plain.environment.RABBITMQ_DEFAULT_PASS");
  });

  test("networks of others, by their names on the engine, whichever way they are said", async () => {
    const { source, notes } = await imported(`services:
      web: { image: acme/web, networks: [front, company, old] }
      api: { image: acme/api, networks: [front, back] }
      probe: { image: acme/probe, networks: [company] }
networks: { front: , back: , company: { name: company-proxy, external: true }, old: { external: { name: old-proxy } } }`);
    expect(source).toContain('externalNetworks: ["company-proxy", "old-proxy"]');
    expect(source).toContain('networks: ["front", "back"]');
    expect(source).toContain('networks: ["default"]');
    expect(notes.filter(({ path }) => path.startsWith("networks.")).map(({ kind }) => kind)).toEqual([
      "changed",
      "changed",
    ]);
  });

  test("a job runs at every up, as compose starts it again", async () => {
    const { source } = await imported(`services:
      migrate: { image: acme/migrate:1, restart: "no" }
      web: { image: acme/web:1, depends_on: { migrate: { condition: service_completed_successfully } } }`);
    expect(source).toContain('migrate: job({ image: "acme/migrate:1", runs: "everyUp" })');
  });

  test("what is of a profile and never restarted is a job, run by hand or by a cron of the host's", async () => {
    const service = (rest: string) => `services: { report: { image: acme/report, ${rest} } }`;
    const kindOf = async (rest: string) =>
      /report: (\w+)\(/.exec((await imported(service(rest), { profiles: ["nightly"] })).source)?.[1];
    expect(await kindOf('profiles: [nightly], restart: "no"')).toBe("job");
    expect(await kindOf("profiles: [nightly]")).toBe("service");
    expect(await kindOf('restart: "no"')).toBe("service");
    expect(await kindOf('profiles: [nightly], restart: "no", tty: true')).toBe("service");
  });

  test("a check that is switched off, and one that says no test, are not the same as none", async () => {
    const notes = await notesOf(`services:
      a1: { image: x, healthcheck: { test: [NONE] } }
      b2: { image: x, healthcheck: { disable: false } }
      c3: { image: x, healthcheck: { interval: 3s } }
      d4: { image: x }`);
    const of = (name: string) => notes.filter((note) => note.includes(`services.${name}`)).join();
    expect(of("a1")).toContain("is switched off");
    expect(of("a1")).not.toContain("the image's own check under compose");
    for (const name of ["b2", "c3"])
      expect(of(name)).toContain("which is the image's own check under compose");
    expect(of("d4")).toContain("has no health check");
  });

  test("what has no place is said", async () => {
    const notes = await notesOf(`services:
      a1:
        image: x
        container_name: the-one
        tty: true
        entrypoint: []
        restart: always
        networks: { n: { ipv4_address: 10.0.0.7 } }
        secrets: [{ source: s, mode: 0400 }]
        volumes: ["v:/v"]
networks: { n: }
secrets: { s: { file: ./s } }
volumes: { v: { driver_opts: { type: nfs } } }`);
    for (const place of [
      "services.a1.container_name",
      "services.a1.tty",
      "services.a1.entrypoint",
      "services.a1.networks.n: ipv4_address",
      "services.a1.secrets: s: its owner and its mode",
      "volumes.v: driver_opts",
      "services: have the restart policy always",
    ])
      expect(
        notes.some((note) => note.includes(place)),
        place,
      ).toBe(true);
  });
});
