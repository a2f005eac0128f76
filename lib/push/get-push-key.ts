import type { Context } from '@/lib/context/context'
import { getVapidKeys } from './vapid-keys'

/** The public half of the installation's key: what a browser subscribes with (`applicationServerKey`). */
export async function getPushKey(ctx: Context): Promise<string> {
  return (await getVapidKeys(ctx.db)).publicKey
}
