import webPush from 'web-push'
import type { Database } from '@/db/client'
import { assert } from '@/lib/core/errors'
import { open, seal } from '@/lib/core/seal'
import { env } from '@/lib/env/env'
import { findSetting, keepSetting } from './store'

export type VapidKeys = { publicKey: string; privateKey: string }

const SETTING = 'vapid-keys'

/**
 * The installation's key pair towards push services (RFC 8292): made at the first need, kept sealed for good, since every
 * subscription is tied to its public half.
 */
export async function getVapidKeys(db: Database): Promise<VapidKeys> {
  const found = await findSetting(db, SETTING)
  if (found) return openKeys(found)
  const made = seal(env().secretKeys, 'vapid-key', JSON.stringify(webPush.generateVAPIDKeys()), SETTING)
  await keepSetting(db, SETTING, made)
  const kept = await findSetting(db, SETTING)
  assert(kept, 'the VAPID keys were not kept')
  return openKeys(kept)
}

function openKeys(sealed: Buffer): VapidKeys {
  const text = open(env().secretKeys, 'vapid-key', sealed, SETTING)
  assert(text !== null, 'no key of SECRET_KEY opens the VAPID keys; add the key that they were sealed with')
  return JSON.parse(text) as VapidKeys
}
