/**
 * Members of a JWK that only a private or a symmetric key has: RFC 7518 §6.2.2, §6.3.2, §6.4.1, RFC 8037 §2; `priv` is of key
 * types to come.
 */
export const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'] as const
