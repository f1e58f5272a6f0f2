import { createConnection } from "node:net";

/** One command to memcached, on a connection of its own: "get KEY" or "set KEY 0 SECONDS BYTES" with a value. */
function command(text: string, end: RegExp): Promise<string> {
  const [host = "", port] = (process.env["MEMCACHED"] ?? "memcached:11211").split(":");
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = createConnection({ host, port: Number(port) }, () => socket.write(text));
    socket.setTimeout(2000, () => socket.destroy(new Error("memcached does not answer")));
    socket.on("error", reject).on("data", (chunk) => {
      answer += chunk.toString();
      if (!end.test(answer)) return;
      socket.end();
      resolve(answer);
    });
  });
}

/** What is cached under a key, or the value made and cached for a minute. */
export async function cached(key: string, make: () => Promise<string>): Promise<string> {
  const found = /^VALUE \S+ 0 \d+\r\n([^]*)\r\nEND\r\n$/.exec(await command(`get ${key}\r\n`, /END\r\n$/));
  if (found?.[1] !== undefined) return found[1];
  const value = await make();
  await command(`set ${key} 0 60 ${Buffer.byteLength(value)}\r\n${value}\r\n`, /\r\n$/);
  return value;
}

/** Forgets what is cached under a key. */
export async function forget(key: string): Promise<void> {
  await command(`delete ${key}\r\n`, /\r\n$/);
}
