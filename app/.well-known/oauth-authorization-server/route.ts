import { publicEndpoint } from '@/lib/http/public-endpoint'
import { describeServer } from '@/lib/oauth/describe-server'

export const GET = publicEndpoint(async () => describeServer())
