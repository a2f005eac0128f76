import { z } from 'zod'

const member = (name: string) =>
  z
    .string({ error: (issue) => (issue.input === undefined ? `${name} is missing` : `${name} must be a string`) })
    .min(1, `${name} is empty`)
    .max(1024, `${name} is too long`)
const fixed = <V extends string>(name: string, value: V) => z.literal(value, { error: `${name} must be "${value}"` })
const scope = fixed('scope', 'app')
const clientId = member('client_id')
const clientSecret = member('client_secret')

/** Bodies of seed 004; members that it does not name are ignored (RFC 6749 §3.2). */
export const ApplicationTokenRequest = z.object({
  grant_type: fixed('grant_type', 'client_credentials'),
  client_id: clientId,
  client_secret: clientSecret,
  scope,
})

export const ConnectionTokenRequest = z.object({
  grant_type: fixed('grant_type', 'authorization_code'),
  code: member('code'),
  client_id: clientId,
  client_secret: clientSecret,
  scope,
})

export const RefreshRequest = z.object({
  grant_type: fixed('grant_type', 'refresh_token'),
  client_id: clientId,
  client_secret: clientSecret,
  scope,
  refresh_token: member('refresh_token'),
})
