/** A key for tests. It is public, so it protects nothing. */
export const KEYS = `test:${Buffer.alloc(32, "outwork").toString("base64")}`;
