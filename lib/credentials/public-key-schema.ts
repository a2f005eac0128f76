/** What a client assertion may be signed with (FAPI 2.0 Security Profile §5.4.1). */
export const PUBLIC_KEY_ALGORITHMS = ['PS256', 'ES256', 'EdDSA'] as const
export type PublicKeyAlgorithm = (typeof PUBLIC_KEY_ALGORITHMS)[number]
