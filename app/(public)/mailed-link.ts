import { isOpaqueToken } from '@/lib/core/secrets'

export type MailedLinkSearch = { token?: string; done?: string }

/**
 * Where a person who opened a mailed link stands. Opening it changes nothing yet, scanners of mail open links too; a token
 * that cannot be one of ours is told from the shape alone.
 */
export function readMailedLink({ token, done }: MailedLinkSearch): 'done' | 'unusable' | { token: string } {
  if (done) return 'done'
  return typeof token === 'string' && isOpaqueToken(token) ? { token } : 'unusable'
}
