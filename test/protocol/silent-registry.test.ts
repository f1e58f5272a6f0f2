import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import { missingImage } from "../../lib/engine/images.ts";

test("an image is not missing because its registry does not answer in time", async () => {
  const asked: string[] = [];
  // An engine without the image, whose question to the registry has no answer.
  const engine = createServer(({ url = "" }, response) => {
    asked.push(url);
    if (!url.startsWith("/distribution/")) response.writeHead(404).end("{}");
  });
  engine.listen(0, "127.0.0.1");
  await once(engine, "listening");
  try {
    const { port } = engine.address() as AddressInfo;
    const docker = dockerClient(`tcp://127.0.0.1:${port}`);
    expect(await missingImage(docker, "shop/api:1", {}, 2000)).toBeUndefined();
    expect(asked.at(-1)).toBe("/distribution/shop/api:1/json");
  } finally {
    engine.closeAllConnections();
    engine.close();
  }
});
