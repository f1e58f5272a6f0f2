import { textThat } from "../core/schema-parts.ts";

// As in the distribution project's grammar of references: [host[:port]/]path[:tag][@digest].
const host = /(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[a-fA-F0-9:]+\])(?::\d+)?/.source;
const part = /[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*/.source;
const tag = /\w[\w.-]{0,127}/.source;
const digest = /[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}/.source;
const reference = new RegExp(`^(?:${host}/)?${part}(?:/${part})*(?::${tag})?(?:@${digest})?$`);

/** No repository's name is longer. The bound keeps the expression quick, too. */
const longest = 512;

/** Accepts a reference as a container engine does: "redis:7", "ghcr.io/shop/api@sha256:...". */
export const imageReferenceSchema = textThat(
  (text) => text.length <= longest && reference.test(text),
  'an image reference such as "redis:7"',
);
