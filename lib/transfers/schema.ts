import { z } from 'zod'

export const TRANSFER_DAYS = 7

const Id = z.string().regex(/^\w{1,64}$/, 'This is not an id.')

export const RequestTransferInput = z.object({
  applicationId: Id,
  businessId: z
    .string({ error: 'Enter the id of the business.' })
    .trim()
    .regex(/^cus_[0-9a-z]{20}$/, 'Enter the id of the business, which begins with cus_.'),
})
export type RequestTransferInput = z.infer<typeof RequestTransferInput>

export const TransferInput = z.object({ transferId: Id })
export type TransferInput = z.infer<typeof TransferInput>

/** As the side that gives sees it. */
export type OfferedTransfer = {
  id: string
  toName: string
  toVerified: boolean
  requestedBy: string
  expiresAt: Date
}

/** As the side that receives sees it: what comes with the application. */
export type ReceivedTransfer = {
  id: string
  applicationName: string
  fromName: string
  requestedBy: string
  expiresAt: Date
  members: number
  liveSecrets: number
  connections: number
}
