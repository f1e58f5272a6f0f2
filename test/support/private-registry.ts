import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { finished } from "../../lib/engine/images.ts";
import { debianTool } from "../../tools/setup/debian-tools.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** The one account that it has. */
export const account = { username: "ci", password: "registry-password-4711" };
/** Of that password, by bcrypt. */
const hash = "$2b$04$.WBwzt8VcA8najKMddJreO9b/JqcOUg0bvmlRfSQaVAa6g5BAJ4yW";

/** Debian's image registry on the loopback interface, which engines speak plain HTTP to. It asks for an account. */
export interface PrivateRegistry extends AsyncDisposable {
  /** As images have it: "127.0.0.1:PORT". */
  readonly name: string;
  /** Pushes an image of the engine's that has a name of this registry. */
  push(docker: Docker, reference: string): Promise<void>;
}

/** @throws Error when it ends before it listens */
export async function privateRegistry(): Promise<PrivateRegistry> {
  const folder = temporaryFolder();
  const file = (name: string) => join(folder.path, name);
  writeFileSync(file("accounts"), `${account.username}:${hash}\n`);
  const config = {
    version: 0.1,
    log: { level: "info", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: file("data") } },
    http: { addr: "127.0.0.1:0" },
    auth: { htpasswd: { realm: "trial", path: file("accounts") } },
  };
  writeFileSync(file("config.yml"), JSON.stringify(config));
  const child = spawn(debianTool("docker-registry"), ["serve", file("config.yml")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(child, "exit");
  let said = "";
  const port = await new Promise<string>((resolve, reject) => {
    child.stderr.on("data", (text: Buffer) => {
      said += text.toString();
      const [, found] = /listening on 127\.0\.0\.1:(\d+)/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.on("error", reject);
    child.on("exit", () => reject(new Error(`the registry has ended: ${said}`)));
  });
  const name = `127.0.0.1:${port}`;
  return {
    name,
    push: async (docker, reference) => {
      const authconfig = { ...account, serveraddress: name };
      await finished(docker, await docker.getImage(reference).push({ authconfig }));
    },
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await ended;
      folder[Symbol.dispose]();
    },
  };
}
