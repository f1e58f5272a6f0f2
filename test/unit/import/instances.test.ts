import { describe, expect, test } from "vitest";
import { imported } from "../../support/imported.ts";

/** What is declared of a service, on one line, and the notes but for those that only ask to look. */
async function of(name: string, ...args: Parameters<typeof imported>) {
  const { source, notes, secrets } = await imported(...args);
  const services = source.slice(source.indexOf("services: {\n")).replace(/^\s*\/\/.*\n/gm, "");
  const declared = new RegExp(`^    ${name}: [^]*?(?=\\n\\n|\\n  },)`, "m").exec(services)?.[0] ?? "";
  const said = notes
    .filter(({ kind, path }) => kind !== "check" && path !== "services")
    .map(({ kind, path, message }) => `${kind} ${path}: ${message}`);
  return {
    declared: declared.replace(/\s+/g, " ").trim(),
    said,
    secrets,
    everything: JSON.stringify([source, notes]),
  };
}

describe("several containers of a service", () => {
  test.for(["scale: 3", "deploy: { replicas: 3 }", "deploy: { mode: replicated, replicas: 3 }"])(
    "%s",
    async (count) => {
      const { declared, said } = await of(
        "a1",
        `services: { a1: { image: x, ${count}, volumes: ["data:/data"] } }
volumes: { data: }`,
      );
      expect(declared).toContain('image: "x", replicas: 3,');
      // They share what compose has them share.
      expect(declared).toContain('mounts: { "/data": volume("data") }');
      expect(said).toEqual([]);
    },
  );

  test("one is what a service is anyway", async () => {
    const { declared, said } = await of("a1", "services: { a1: { image: x, deploy: { replicas: 1 } } }");
    expect(declared).not.toContain("replicas");
    expect(said).toEqual([]);
  });

  test.for([
    ["image: x, scale: 0", "scale: 0: nothing of it would run: it is one here"],
    ["image: x, scale: 101", "scale: 101: a service has 100 instances at most: it is one here"],
    ["image: redis, scale: 2", "scale: 2: what keeps data of its own has one instance: it is one here"],
    [
      'image: x, command: migrate, restart: "no", scale: 2',
      "scale: 2: a job has one run at a time: it is one here",
    ],
  ] as const)("%s", async ([service, loss]) => {
    const { declared, said } = await of("a1", `services: { a1: { ${service} } }`);
    expect(declared).not.toContain("replicas");
    expect(said).toContain(`lost services.a1.${loss}`);
  });

  test("a name that an instance would have is another service's", async () => {
    const { said } = await of("api", "services: { api: { image: x, scale: 2 }, api-2: { image: x } }");
    expect(said).toEqual([
      "lost services.api.scale: 2: the name api-2 would be one of its instances': it is one here",
    ]);
  });

  test("one port of the host is none for several", async () => {
    const { declared, said } = await of(
      "a1",
      'services: { a1: { image: x, scale: 2, ports: ["8080-8081:80"] } }',
    );
    expect(declared).toContain("replicas: 2");
    expect(declared).not.toContain("publish");
    expect(said[0]).toContain(
      "lost services.a1.ports: 80 is not published: its instances cannot have one port of the host",
    );
  });
});

describe("services of profiles", () => {
  const compose = (rest: string) => `services: { api: { image: x, expose: [80] }, ${rest} }`;

  test("that are called after environments are left out of the others", async () => {
    const text = compose("mail: { image: x, profiles: [debug, test] }");
    const { declared, said } = await of("mail", text, { profiles: ["debug"] });
    expect(declared).toContain('in: ["development", "test"], image: "x"');
    expect(said).toContain(
      "changed services.mail.profiles: only development and test have it, by the name of its profile",
    );
  });

  test("that are called otherwise are everywhere", async () => {
    const { declared } = await of("mail", compose("mail: { image: x, profiles: [search, dev] }"), {
      profiles: ["*"],
    });
    expect(declared).not.toContain("in:");
  });

  test("that are needed elsewhere are there, too", async () => {
    const text = compose(
      `web: { image: x, depends_on: [mail] }, mail: { image: x, profiles: [dev], depends_on: [spool] }, spool: { image: x, profiles: [dev] },
       only: { image: x, profiles: [dev], depends_on: [mail] }`,
    );
    const { everything } = await of("mail", text, { profiles: ["dev"] });
    expect(everything.match(/in: \[/g)).toHaveLength(1);
    expect((await of("only", text, { profiles: ["dev"] })).declared).toContain('in: ["development"]');
  });
});

describe("a build", () => {
  const files = (build: string, rest = "") => ({
    ".env": "VERSION=3\nNPM_TOKEN=npm-9f2c71-token\n",
    "compose.yaml": `services: { a1: { build: ${build}, ${rest} } }
secrets: { npmrc: { file: ./npmrc } }`,
  });

  test.for([
    [".", 'dockerfile(".")'],
    ["./services/api", 'dockerfile("services/api")'],
    ["{ context: api, dockerfile: Dockerfile, target: '' }", 'dockerfile("api")'],
    [
      "{ context: api, dockerfile: ./ops/Dockerfile, target: run, args: [VERSION, UNSET, LEVEL=2] }",
      'dockerfile("api", { file: "ops/Dockerfile", target: "run", args: { VERSION: "3", LEVEL: "2" } })',
    ],
    ["{ context: api, args: { LEVEL: 2, EMPTY: } }", 'dockerfile("api", { args: { LEVEL: "2" } })'],
    ["{ context: api, secrets: [npmrc] }", 'dockerfile("api", { secrets: { npmrc: secret("npmrc") } })'],
    [
      "{ context: api, secrets: [{ source: npmrc, target: rc }], cache_from: [x], pull: true }",
      'dockerfile("api", { secrets: { rc: secret("npmrc") } })',
    ],
  ] as const)("%s", async ([build, image]) => {
    const { declared, said } = await of("a1", files(build));
    expect(declared).toContain(`image: ${image},`);
    expect(said).toEqual([]);
  });

  test("with an image's name is under another one here", async () => {
    const { declared, said } = await of("a1", files("api", "image: acme/api:2"));
    expect(declared).toContain('image: dockerfile("api")');
    expect(said).toEqual([
      "changed services.a1.build: is built here under a name of its own, and not under that of image",
    ]);
  });

  test.for([
    ["../elsewhere", "../elsewhere: only a folder of this project is built"],
    ["https://git.example.com/api.git#main", "only a folder of this project is built"],
    ["{ context: api, dockerfile: ../Dockerfile }", "api: only a folder of this project is built"],
    ["{ context: api, dockerfile_inline: FROM x }", "dockerfile_inline: write it into a file"],
  ] as const)("%s is built by compose", async ([build, why]) => {
    const { declared, said } = await of("a1", files(build));
    expect(declared).toContain('image: "project-a1"');
    expect(said).toHaveLength(1);
    expect(said[0]).toContain("lost services.a1.build: ");
    expect(said[0]).toContain(why);
    expect(said[0]).toContain('"docker compose build a1" builds it');
  });

  test("an option that decides what is in the image is noted, and a secret among its arguments is not shown", async () => {
    const { declared, said, everything } = await of(
      "a1",
      files("{ context: api, network: host, args: { NPM_TOKEN: , OTHER: npm-9f2c71-token, LEVEL: 2 } }"),
    );
    expect(declared).toContain('dockerfile("api", { args: { LEVEL: "2" } })');
    expect(said).toEqual([
      "lost services.a1.build.args.NPM_TOKEN: holds a secret: hand it over by secrets of the build",
      "lost services.a1.build.args.OTHER: holds a secret: hand it over by secrets of the build",
      "lost services.a1.build.network: is no option of a build here",
    ]);
    expect(everything).not.toContain("npm-9f2c71");
  });
});
