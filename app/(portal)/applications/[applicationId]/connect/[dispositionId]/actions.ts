'use server'

import { cancelDisposition } from '@/lib/dispositions/cancel-disposition'
import { DispositionRef } from '@/lib/dispositions/schema'
import { sendDispositionToDevice } from '@/lib/dispositions/send-to-device'
import { formAction } from '@/lib/http/form-action'

export const cancelDispositionAction = formAction(DispositionRef, cancelDisposition, { area: 'portal' })

export const sendToDeviceAction = formAction(DispositionRef, sendDispositionToDevice, { area: 'portal' })
