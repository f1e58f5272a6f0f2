import type { Address, PortHolder } from "../engine/published-ports.ts";
import { overlap } from "../engine/published-ports.ts";
import { isOfStack } from "./labels.ts";

/** What a stack's services want of the engine's machine. */
export interface PortClaims {
  /** The declaration's name. */
  readonly declaration: string;
  readonly stack: string;
  /** By service. */
  readonly claims: Readonly<Record<string, readonly Address[]>>;
}

/** A service wants an address that a container holds. */
export interface Claim {
  readonly service: string;
  readonly address: Address;
  readonly holder: PortHolder;
}

export interface JudgedClaims {
  /** Held by containers that are none of this stack's: `up` would fail. */
  readonly taken: readonly Claim[];
  /** Held by the stack's own containers of other services, which `up` replaces or removes. */
  readonly handedOver: readonly Claim[];
  /** Held by no container; perhaps by a process. */
  readonly unheld: readonly Omit<Claim, "holder">[];
}

/**
 * Compares what services want with what containers hold. A service's own running container holds what is its own. No
 * two services of a declaration publish the same port, so that another service of the stack which holds a wanted
 * port is to hold another one after `up`, or is not in the declaration any more.
 */
export function judgeClaims(
  { declaration, stack, claims }: PortClaims,
  holders: readonly PortHolder[],
): JudgedClaims {
  const taken: Claim[] = [];
  const handedOver: Claim[] = [];
  const unheld: Omit<Claim, "holder">[] = [];
  const wanted = Object.entries(claims).flatMap(([service, addresses]) =>
    addresses.map((address) => [service, address] as const),
  );
  for (const [service, address] of wanted) {
    const holding = holders.filter(({ published }) => published.some((held) => overlap(held, address)));
    if (holding.length === 0) unheld.push({ service, address });
    for (const holder of holding) {
      const { labels } = holder;
      if (!isOfStack(labels, { declaration, stack })) taken.push({ service, address, holder });
      else if (labels["phasegate.service"] !== service) handedOver.push({ service, address, holder });
    }
  }
  return { taken, handedOver, unheld };
}
