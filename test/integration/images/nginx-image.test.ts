import { expect, test } from "vitest";
import { startImage } from "./image-container.ts";

test("serves, logs where containers log, answers what it has begun before it stops", async () => {
  await using nginx = await startImage("nginx:1", { port: 80 });
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${nginx.port}${path}`);
    return { status: response.status, text: await response.text() };
  };
  await expect.poll(() => get("/").catch(() => undefined)).toMatchObject({ status: 200 });
  expect(await get("/not/there")).toMatchObject({ status: 404 });
  // nginx answers first, and writes it down after.
  await expect.poll(() => nginx.logs()).toMatch(/"GET \/not\/there HTTP\/1.1" 404/);
  expect(await nginx.logs()).toMatch(/open\(\) "\/usr\/share\/nginx\/html\/not\/there" failed/);
  const { exitCode } = await nginx.stop();
  expect(exitCode).toBe(0);
  expect(await nginx.logs()).toContain("gracefully shutting down");
});
