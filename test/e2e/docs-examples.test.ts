import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pack } from "tar-stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import { finished, imageHere, prepareImage } from "../../lib/engine/images.ts";
import type { LifecyclePlan } from "../../lib/model/plan.ts";
import { authority } from "../support/certificates.ts";
import { openTrial, type TrialProject } from "./trial-project.ts";

// The example of each page of the documentation, as it stands there, is brought up, and what the page says of it is
// seen on the engine. The applications are one small server under the examples' names.
const docker = dockerClient();
const pages = [
  "ports",
  "mounts",
  "resources",
  "process",
  "jobs",
  "external-services",
  "tls",
  "images",
  "replicas",
];
let trial: TrialProject;
const made: string[] = [];
const warehouse = "warehouse-password-4711";

/** The block of a page after the line that marks it, with the names of the language where it imports nothing. */
async function exampleOf(page: string): Promise<string> {
  const [, code] =
    /<!-- The tests bring this up\. -->\n+```ts\n(.*?)^```/ms.exec(readFileSync(`docs/${page}.md`, "utf8")) ??
    [];
  if (code === undefined) throw new Error(`docs/${page}.md marks no example`);
  const names = Object.keys(await import("phasegate")).join(", ");
  return code.includes(' from "phasegate"') ? code : `import { ${names} } from "phasegate";\n${code}`;
}

/** Replaces a link to a folder of this project, one at its top, by a folder of the trial's own. */
function write(folder: string, files: Readonly<Record<string, string>>): void {
  rmSync(join(trial.dir, folder), { recursive: true, force: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(trial.dir, folder, name, ".."), { recursive: true });
    writeFileSync(join(trial.dir, folder, name), text);
  }
}

async function image(tag: string, files: Readonly<Record<string, string>>): Promise<void> {
  const archive = pack();
  for (const [name, text] of Object.entries(files)) archive.entry({ name }, text);
  archive.finalize();
  await finished(docker, await docker.buildImage(archive as unknown as NodeJS.ReadableStream, { t: tag }));
}

beforeAll(async () => {
  const config = {
    declaration: "docs",
    environment: "development",
    validationLevel: "basic",
    portBase: 17_000,
  };
  trial = await openTrial("docs", {
    ...config,
    external: {
      "external-services-warehouse": { host: "jobs-database", port: 5432 },
      "external-services-payments": { host: "ports-api", port: 8080 },
    },
  });
  const examples = await Promise.all(
    pages.map(async (page) => [`${page}.ts`, await exampleOf(page)] as const),
  );
  write("stacks", {
    ...Object.fromEntries(examples),
    "index.ts": [
      'import { merged } from "../test/e2e/docs-examples/merged.ts";',
      ...pages.map((page, i) => `import * as page${i} from "./${page}.ts";`),
      `const pages = { ${pages.map((page, i) => `"${page}": page${i}`).join(", ")} };`,
      `export const declarationNamed = () => merged(pages, { "external-services": ["ports", "jobs"] });`,
    ].join("\n"),
  });
  const ca = authority();
  const server = ca.issue(["tls-database", "tls-cache"]);
  const prober = ca.issue(["prober"]);
  write("ops", {
    "nginx.conf": "events {}\nhttp { server { listen 80; root /srv/pages; } }\n",
    "ca.pem": ca.certificate,
    "prober.pem": prober.certificate,
  });
  write("pages", { "index.html": "a page\n" });
  const main = readFileSync("test/e2e/docs-examples/server.ts", "utf8");
  const { reference: node } = await prepareImage(docker, "node:24-slim", () => undefined);
  const recipe = `FROM ${node} AS run\nARG VERSION\nENV VERSION=$VERSION\nCOPY main.ts /app/main.ts\nCMD ["node", "/app/main.ts"]\n`;
  write("services", { "api/Dockerfile": recipe, "api/main.ts": main });
  await trial.setSecrets({
    ...{
      warehousePassword: warehouse,
      databasePassword: "database-password-4711",
      npmrc: "npm-token-4711-4711",
    },
    ...{
      serverCertificate: server.certificate,
      serverKey: server.key,
      proberKey: prober.key,
      ca: ca.certificate,
    },
  });

  // Under the names that the examples give them.
  const { output: json } = await trial.run("node", ["lib/cli/main.ts", "plan", "--stack", "docs", "--json"]);
  const { services } = JSON.parse(json.slice(json.indexOf("{"), json.lastIndexOf("}") + 1)) as LifecyclePlan;
  const { reference: postgres } = await prepareImage(docker, "postgres:17", () => undefined);
  const sql = [
    "CREATE TABLE IF NOT EXISTS orders (number int)",
    `CREATE ROLE shop_app LOGIN SUPERUSER PASSWORD '${warehouse}'`,
  ];
  const migrate = `FROM ${postgres}\nENTRYPOINT []\nCMD ["sh", "-c", "psql $DATABASE_URL ${sql.map((one) => `-c \\"${one}\\"`).join(" ")}"]\n`;
  for (const { image: used, kind } of Object.values(services)) {
    if (used === undefined || !("reference" in used) || made.includes(used.reference)) continue;
    const { reference } = used;
    if ((await imageHere(docker, reference)) !== undefined) continue;
    made.push(reference);
    const own =
      kind !== "job" ? recipe : reference.includes("migrations") ? migrate : `FROM ${node}\nCMD ["true"]\n`;
    await image(reference, { Dockerfile: own, "main.ts": main });
  }
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
});
afterAll(async () => {
  await trial.remove();
  for (const reference of made) await docker.getImage(reference).remove({ force: true });
  for (const { RepoTags } of await docker.listImages({ filters: { label: ["phasegate.dockerfile"] } }))
    for (const tag of RepoTags ?? [])
      if (tag.startsWith("phasegate/api:")) await docker.getImage(tag).remove();
});

const inspected = (name: string) => docker.getContainer(`docs-docs-${name}`).inspect();
const outputOf = async (name: string, ...command: readonly string[]) =>
  (await trial.run("docker", ["exec", `docs-docs-${name}`, ...command])).output;

test("ports.md: several ports, of UDP and on all addresses, and their URLs", async () => {
  const { HostConfig } = await inspected("ports-api");
  expect(HostConfig.PortBindings).toEqual({
    "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: "17080" }],
    "9100/tcp": [{ HostIp: "127.0.0.1", HostPort: "17010" }],
    "8443/tcp": [{ HostIp: "0.0.0.0", HostPort: "8443" }],
  });
  const socket = createSocket("udp4");
  const answer = once(socket, "message") as Promise<[Buffer]>;
  socket.send("hello", 17_053, "127.0.0.1");
  expect((await answer)[0].toString()).toBe("here");
  socket.close();
  const { Config } = await inspected("ports-collector");
  expect(Config.Env).toContain("SCRAPE=http://ports-api:9100/metrics");
  expect(Config.Env).toContain("RESOLVER=udp://ports-resolver:53");
});

test("mounts.md: files, folders, a shared volume and memory", async () => {
  expect(await outputOf("mounts-web", "cat", "/srv/pages/index.html")).toBe("a page\n");
  expect(await outputOf("mounts-web", "cat", "/etc/nginx/nginx.conf")).toContain("root /srv/pages");
  const { Mounts } = await inspected("mounts-web");
  expect(
    Object.fromEntries(Mounts.map(({ Destination, Type, RW }) => [Destination, `${Type} ${RW}`])),
  ).toEqual({
    "/etc/os-release.host": "bind false",
    "/srv/pages": "bind false",
    "/srv/uploads": "volume false",
    "/var/cache/nginx": "tmpfs true",
  });
  await outputOf("mounts-api", "sh", "-c", "echo uploaded > /uploads/file");
  expect(await outputOf("mounts-web", "cat", "/srv/uploads/file")).toBe("uploaded\n");
});

test("resources.md: limits, and a log that does not grow without end", async () => {
  const { HostConfig } = await inspected("resources-api");
  expect(HostConfig).toMatchObject({
    ...{ Memory: 512 << 20, MemoryReservation: 256 << 20, PidsLimit: 200 },
    Ulimits: [{ Name: "nofile", Soft: 16_384, Hard: 16_384 }],
    LogConfig: { Type: "json-file", Config: { "max-size": String(50 << 20), "max-file": "5" } },
  });
  expect((HostConfig.NanoCpus ?? 0) / 1e9).toBe(1.5);
});

test("process.md: who runs, where, and with which rights", async () => {
  const { Config, HostConfig } = await inspected("process-api");
  expect(Config).toMatchObject({ User: "1000:1000", WorkingDir: "/srv/api", StopSignal: "SIGQUIT" });
  expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ["ALL"] });
  expect(await outputOf("resources-api", "getent", "hosts", "api_v4")).toContain("api_v4");
});

test("jobs.md: each of them has run, after what it needs", async () => {
  for (const job of ["migrations", "examples", "searchIndex"])
    expect((await inspected(`jobs-${job}`)).State).toMatchObject({ Status: "exited", ExitCode: 0 });
});

test("external-services.md: nothing is created, and its clients have its URL", async () => {
  await expect(inspected("external-services-warehouse")).rejects.toThrow(/no such container/i);
  const { Config } = await inspected("external-services-api");
  expect(Config.Env).toContain(`DATABASE_URL=postgres://shop_app:${warehouse}@jobs-database:5432/shop`);
  expect(Config.Env).toContain("PAYMENTS_URL=http://ports-api:8080");
});

test("tls.md: the database and the cache speak TLS, and nothing else", async () => {
  const asked = ["psql", "-U", "shop", "-d", "shop", "-tAc", "SHOW ssl"];
  expect(await outputOf("tls-database", ...asked)).toBe("on\n");
  expect(await outputOf("tls-cache", "redis-cli", "ping")).toMatch(/refused|reset|closed/i);
});

test("images.md: an image of a Dockerfile, with its argument", async () => {
  const { Config } = await inspected("images-api");
  expect(Config.Image).toMatch(/^phasegate\/api:/);
  expect(Config.Env).toContain("VERSION=3");
});

test("replicas.md: three instances under one name, and a service of development", async () => {
  const addresses = (await outputOf("replicas-web", "getent", "ahostsv4", "replicas-api")).match(
    /^\S+(?=\s+STREAM)/gm,
  );
  expect(new Set(addresses).size).toBe(3);
  expect((await inspected("replicas-mail")).State.Running).toBe(true);
});
