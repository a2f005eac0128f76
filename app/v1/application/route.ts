import { apiEndpoint } from '@/lib/http/api-endpoint'
import { describeCaller } from '@/lib/oauth/describe-caller'

export const GET = apiEndpoint({ handler: describeCaller })
