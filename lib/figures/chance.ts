/** Exact probabilities, for what so many events allow to say. */

/** How sure a figure is that it says met. */
export const confidence = 0.95;
const doubt = 1 - confidence;

/** The probability of at most `bad` among `total`, each of which is bad with the probability `share`. */
export function atMost(bad: number, total: number, share: number): number {
  if (bad >= total) return 1;
  return sumOfLogs(bad, total * Math.log1p(-share), (i) =>
    Math.log(((total - i) / (i + 1)) * (share / (1 - share))),
  );
}

/** The probability of at most `count` events where `expected` are to be expected. */
export function atMostOf(count: number, expected: number): number {
  return expected === 0 ? 1 : sumOfLogs(count, -expected, (i) => Math.log(expected / (i + 1)));
}

/** The sum of the terms 0 to `last`, of which the first and each one's share in the next are given as logarithms. */
function sumOfLogs(last: number, first: number, step: (i: number) => number): number {
  if (last < 0) return 0;
  const logs = [first];
  for (let i = 0; i < last; i++) logs.push((logs[i] ?? 0) + step(i));
  const most = logs.reduce((a, b) => Math.max(a, b), -Infinity);
  return Math.min(1, Math.exp(most) * logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
}

/** Whether so few bad ones would be unlikely if they were `share` of all, or more. */
export function isSurelyBelow(bad: number, total: number, share: number): boolean {
  return atMost(bad, total, share) <= doubt;
}

/** Whether so many bad ones would be unlikely if they were `share` of all, or fewer. */
export function isSurelyAbove(bad: number, total: number, share: number): boolean {
  return bad > 0 && 1 - atMost(bad - 1, total, share) <= doubt;
}

/** How many events it takes, with so many bad ones among them, to say that fewer than `share` of all are bad. */
export function eventsFor(bad: number, share: number): number {
  let few = bad;
  let many = Math.max(1, 2 * bad);
  while (!isSurelyBelow(bad, many, share)) {
    few = many;
    many *= 2;
  }
  while (many - few > 1) {
    const middle = Math.floor((few + many) / 2);
    if (isSurelyBelow(bad, middle, share)) many = middle;
    else few = middle;
  }
  return many;
}

/** Whether so few events in a time would be unlikely if `expected`, or more, were to be expected in it. */
export function isSurelyRarer(count: number, expected: number): boolean {
  return atMostOf(count, expected) <= doubt;
}

/** Whether so many events in a time would be unlikely if `expected`, or fewer, were to be expected in it. */
export function isSurelyMoreOften(count: number, expected: number): boolean {
  return count > 0 && 1 - atMostOf(count - 1, expected) <= doubt;
}

/** How many times the period it takes, with so many events in it, to say that there is less than one a period. */
export function periodsFor(count: number): number {
  let few = count;
  let many = 2 * count + 4;
  for (let i = 0; i < 40; i++) {
    const middle = (few + many) / 2;
    if (isSurelyRarer(count, middle)) many = middle;
    else few = middle;
  }
  return many;
}
