import { open, seal } from '@/lib/core/seal'
import { env } from '@/lib/env/env'
import type { PushMessage } from './schema'

// The deeplink holds an import token, of which nothing but the hash may lie in the database; the job store is there too.

export function sealMessage(message: PushMessage, subscriptionId: string): string {
  return seal(env().secretKeys, 'deeplink', JSON.stringify(message), subscriptionId).toString('base64')
}

export function openMessage(sealed: string, subscriptionId: string): PushMessage | null {
  const text = open(env().secretKeys, 'deeplink', Buffer.from(sealed, 'base64'), subscriptionId)
  return text === null ? null : (JSON.parse(text) as PushMessage)
}
