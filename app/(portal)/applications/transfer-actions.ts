'use server'

import { formAction } from '@/lib/http/form-action'
import { acceptTransfer } from '@/lib/transfers/accept-transfer'
import { cancelTransfer, refuseTransfer } from '@/lib/transfers/end-transfer'
import { requestTransfer } from '@/lib/transfers/request-transfer'
import { RequestTransferInput, TransferInput } from '@/lib/transfers/schema'

export const requestTransferAction = formAction(RequestTransferInput, requestTransfer, { area: 'portal' })

export const cancelTransferAction = formAction(TransferInput, cancelTransfer, { area: 'portal' })

export const acceptTransferAction = formAction(TransferInput, acceptTransfer, {
  area: 'portal',
  onDone: ({ applicationId }) => `/applications/${applicationId}`,
})

export const refuseTransferAction = formAction(TransferInput, refuseTransfer, { area: 'portal' })
