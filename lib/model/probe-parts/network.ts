import { textThat, wholeNumber } from "../../core/schema-parts.ts";

/** A TCP port. */
export const portSchema = wholeNumber(1, 65_535);

/** The path of a request. */
export const pathSchema = textThat((text) => text.startsWith("/"), 'a path such as "/health"', {
  quoted: false,
});
