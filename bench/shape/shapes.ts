/** Systems of small services, each ready a fixed time after its start: what stands around readiness is all there is to measure. */

/** How many services each phase has. A phase depends on the one before. */
const shapes = {
  chain: [1, 1, 1, 1, 1, 1],
  diamond: [1, 4, 1],
  fan: [1, 12],
  many: [40],
} as const satisfies Readonly<Record<string, readonly number[]>>;

export type ShapeName = keyof typeof shapes;
export const shapeNames = Object.keys(shapes) as ShapeName[];

/** The port at which each service answers inside its container. */
export const servicePort = 8080;

/** The names of a shape's services, phase by phase. */
export function shapeServices(shape: ShapeName): readonly (readonly string[])[] {
  return shapes[shape].map((count, phase) =>
    Array.from({ length: count }, (_, i) => (count === 1 ? `step-${phase}` : `step-${phase}-${i}`)),
  );
}
