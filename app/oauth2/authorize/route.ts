import { authorizeEndpoint } from '@/lib/http/authorize-endpoint'

export const GET = authorizeEndpoint
