/** The audience of access tokens for the backend's API: the resource indicator (RFC 8707) that clients ask for. */
export const apiAudience = "urn:netra:api";

/** What a token allows at the backend. */
export const apiScopes = ["agents:run", "events:read"] as const;
export type ApiScope = (typeof apiScopes)[number];

/** The one algorithm that tokens are signed with. Verifiers accept no other. */
export const tokenAlgorithm = "ES256";
