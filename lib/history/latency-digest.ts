/**
 * How latencies are spread, in buckets of fixed bounds: two digests are merged by adding their counts, and a percentile of the whole
 * comes out as if all had been in one. As in "DDSketch" (Masson, Rim, Lee, 2019), with a fixed range in the place of a dynamic one.
 */
export type LatencyDigest = ReadonlyMap<number, number>;

/** Each bucket's upper bound is so many times that of the one before. */
const growth = 1.1;
/** The upper bound of the first bucket, in milliseconds. The last one, 255, ends past any timeout that there may be. */
const firstMs = 0.1;
const lastBucket = 255;

/** A percentile is off by at most this share of what it is, or by {@link firstMs}: half a bucket. */
export const digestError = (growth - 1) / (growth + 1);

export const noLatencies: LatencyDigest = new Map();

/** The bucket of a latency in milliseconds. */
export function bucketOf(ms: number): number {
  if (!(ms > firstMs)) return 0;
  return Math.min(lastBucket, Math.ceil(Math.log(ms / firstMs) / Math.log(growth) - 1e-9));
}

/** The latency that stands for a bucket: it is off by the same share at both of its ends. */
function msOf(bucket: number): number {
  return bucket === 0 ? 0 : (firstMs * growth ** bucket * 2) / (growth + 1);
}

export function digestOf(latencies: readonly number[]): LatencyDigest {
  const counts = new Map<number, number>();
  for (const ms of latencies) counts.set(bucketOf(ms), (counts.get(bucketOf(ms)) ?? 0) + 1);
  return counts;
}

export function merged(digests: readonly LatencyDigest[]): LatencyDigest {
  const counts = new Map<number, number>();
  for (const digest of digests)
    for (const [bucket, count] of digest) counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  return counts;
}

/**
 * A percentile by nearest rank, as `percentile` of lib/core has it of the latencies themselves, but for {@link digestError}. NaN of
 * none.
 * @param percent a number from 1 to 100
 */
export function digestPercentile(digest: LatencyDigest, percent: number): number {
  const total = [...digest.values()].reduce((sum, count) => sum + count, 0);
  let left = Math.ceil((total * percent) / 100);
  for (const [bucket, count] of [...digest].sort(([a], [b]) => a - b)) {
    left -= count;
    if (left <= 0) return msOf(bucket);
  }
  return Number.NaN;
}

/** A byte for each bucket that holds any, and then its count, seven bits a byte, the lowest first. */
export function packDigest(digest: LatencyDigest): Uint8Array {
  const bytes: number[] = [];
  for (const [bucket, count] of [...digest].sort(([a], [b]) => a - b)) {
    bytes.push(bucket);
    let rest = count;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
    bytes.push(rest);
  }
  return Uint8Array.from(bytes);
}

/** What {@link packDigest} has made. */
export function unpackDigest(bytes: Uint8Array): LatencyDigest {
  const counts = new Map<number, number>();
  for (let i = 0; i < bytes.length;) {
    const bucket = bytes[i++] ?? 0;
    let count = 0;
    for (let place = 1; ; place *= 128) {
      const byte = bytes[i++] ?? 0;
      count += (byte & 127) * place;
      if (byte < 128) break;
    }
    counts.set(bucket, count);
  }
  return counts;
}
