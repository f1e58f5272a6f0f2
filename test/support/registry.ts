import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { watch, type Loopback } from "./loopback.ts";

/** An image registry on the loopback interface, which engines speak plain HTTP to. It has one image, made of an empty layer. */
export interface Registry extends Loopback {
  /** The reference of the image that it has. */
  readonly image: string;
  /** What it was asked, in order: "GET /v2/app/manifests/1". */
  readonly requests: readonly string[];
}

export async function startRegistry(): Promise<Registry> {
  const layer = Buffer.alloc(1024); // The end of an archive, and nothing before it.
  // Another image each time: the engine has not pulled it already.
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      os: "linux",
      config: { Cmd: ["/nothing"], Labels: { once: randomBytes(8).toString("hex") } },
      rootfs: { type: "layers", diff_ids: [digest(layer)] },
    }),
  );
  const schema = "application/vnd.docker";
  const described = (mediaType: string, content: Buffer) => ({
    mediaType: `${schema}.${mediaType}`,
    size: content.length,
    digest: digest(content),
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${schema}.distribution.manifest.v2+json`,
      config: described("container.image.v1+json", config),
      layers: [described("image.rootfs.diff.tar", layer)],
    }),
  );
  const content = new Map([
    ["/v2/", Buffer.from("{}")],
    [`/v2/app/blobs/${digest(config)}`, config],
    [`/v2/app/blobs/${digest(layer)}`, layer],
    ["/v2/app/manifests/1", manifest],
    [`/v2/app/manifests/${digest(manifest)}`, manifest],
  ]);
  const requests: string[] = [];
  const server = createServer(({ method, url = "" }, response) => {
    requests.push(`${method} ${url}`);
    const body = content.get(url);
    if (body === undefined) {
      const errors = [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }];
      response.writeHead(404, { "content-type": "application/json" }).end(JSON.stringify({ errors }));
      return;
    }
    const type = body === manifest ? `${schema}.distribution.manifest.v2+json` : "application/octet-stream";
    response.writeHead(200, {
      "content-type": type,
      "content-length": body.length,
      "docker-content-digest": digest(body),
      "docker-distribution-api-version": "registry/2.0",
    });
    response.end(method === "HEAD" ? undefined : body);
  });
  const loopback = await watch(server);
  return { ...loopback, image: `127.0.0.1:${loopback.port}/app:1`, requests };
}

function digest(content: Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
