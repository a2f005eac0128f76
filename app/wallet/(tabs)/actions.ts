'use server'

import { headers } from 'next/headers'
import { z } from 'zod'
import type { Context } from '@/lib/context/context'
import { formAction } from '@/lib/http/form-action'
import { SubscribeDeviceInput, UnsubscribeDeviceInput } from '@/lib/push/schema'
import { subscribeDevice } from '@/lib/push/subscribe-device'
import { unsubscribeDevice } from '@/lib/push/unsubscribe-device'

/** A form carries text: the browser's subscription comes as JSON. */
const SubscriptionForm = z.object({ subscription: z.string().max(8192) }).transform((form, context) => {
  try {
    return JSON.parse(form.subscription) as unknown
  } catch {
    context.addIssue({ code: 'custom', message: 'device-key-invalid', path: ['subscription'] })
    return z.NEVER
  }
})

export const subscribeAction = formAction(SubscriptionForm.pipe(SubscribeDeviceInput), subscribe, { area: 'wallet' })
export const unsubscribeAction = formAction(UnsubscribeDeviceInput, unsubscribeDevice, { area: 'wallet' })

async function subscribe(ctx: Context, input: SubscribeDeviceInput): Promise<{ id: string }> {
  return subscribeDevice(ctx, { ...input, userAgent: (await headers()).get('user-agent') ?? '' })
}
