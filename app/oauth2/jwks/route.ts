import { database } from '@/db/client'
import { publicEndpoint } from '@/lib/http/public-endpoint'
import { getSigningKey } from '@/lib/oauth/signing-key'

export const GET = publicEndpoint(async () => ({ keys: [(await getSigningKey(database().db)).publicJwk] }))
