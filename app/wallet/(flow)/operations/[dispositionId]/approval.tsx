'use client'

import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useState } from 'react'
import type { ImporterDisposition } from '@/lib/dispositions/schema'
import { Decision } from './decision'

export type ApprovalProps = { disposition: ImporterDisposition; now: Date }

export function Approval(props: ApprovalProps) {
  const [client] = useState(() => new QueryClient())
  return (
    <QueryClientProvider client={client}>
      <Decision {...props} />
    </QueryClientProvider>
  )
}
