'use server'

import { addCallback } from '@/lib/applications/add-callback'
import { removeCallback } from '@/lib/applications/remove-callback'
import { AddCallbackInput, RemoveCallbackInput } from '@/lib/applications/schema'
import { formAction } from '@/lib/http/form-action'

export const addCallbackAction = formAction(AddCallbackInput, addCallback, { area: 'portal' })

export const removeCallbackAction = formAction(RemoveCallbackInput, removeCallback, { area: 'portal' })
