import { z } from 'zod'

const base64url = (bytes: number) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+=*$/)
    .refine((value) => Math.floor((value.replace(/=+$/, '').length * 3) / 4) === bytes)

/** What `PushSubscription.toJSON()` of a browser gives. */
export const SubscribeDeviceInput = z.object({
  endpoint: z.url().max(2048),
  keys: z.object({
    p256dh: base64url(65), // uncompressed P-256 point
    auth: base64url(16),
  }),
})
export type SubscribeDeviceInput = z.infer<typeof SubscribeDeviceInput>

export const UnsubscribeDeviceInput = z.union([
  z.object({ id: z.string().regex(/^psb_[0-9a-z]{20}$/) }),
  z.object({ endpoint: z.url().max(2048) }),
])
export type UnsubscribeDeviceInput = z.infer<typeof UnsubscribeDeviceInput>

export const SendToMyDeviceInput = z.object({
  dispositionId: z.string().regex(/^dsp_[0-9a-z]{20}$/),
  deeplink: z.url().max(1024),
})
export type SendToMyDeviceInput = z.infer<typeof SendToMyDeviceInput>

export type SubscribedDevice = {
  id: string
  userAgent: string
  createdAt: Date
  lastUsedAt: Date | null
  /** When its push service last refused a message; null again after the next success. */
  failedAt: Date | null
}

/** What the wallet's service worker gets. The words are its own, so that a locked screen shows nothing of the matter. */
export type PushMessage = {
  kind: 'disposition' | 'security' | 'connection' | 'consent'
  locale: 'en' | 'it'
  url: string
}
