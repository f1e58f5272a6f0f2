import { expect, test } from "vitest";
import { requireLegal } from "../../../lib/supervision/service-state.ts";

test("an illegal transition throws", () => {
  expect(() => requireLegal("pending", "starting")).not.toThrow();
  expect(() => requireLegal("stopped", "ready")).toThrow("a service that is stopped cannot become ready");
  expect(() => requireLegal("pending", "degraded")).toThrow(
    "a service that is pending cannot become degraded",
  );
});
