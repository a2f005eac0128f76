import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import type { DispositionStatus } from '@/lib/dispositions/schema'

const POLL_MS = 4000

/** Watches whether the request still waits for a decision, and has the page read anew once it does not. */
export function useStillOpen(dispositionId: string): void {
  const router = useRouter()
  const { data } = useQuery({
    queryKey: ['wallet-operation', dispositionId],
    queryFn: async (): Promise<{ status: DispositionStatus }> => {
      const response = await fetch(`/api/wallet/operations/${dispositionId}`, { cache: 'no-store' })
      if (!response.ok) throw new Error(`status ${response.status}`)
      return response.json()
    },
    refetchInterval: (query) => (query.state.data && query.state.data.status !== 'IMPORTED' ? false : POLL_MS),
    // What comes back to the front by the back button shows the truth first.
    refetchOnMount: 'always',
    refetchOnWindowFocus: 'always',
    retry: false,
  })
  const hasEnded = data !== undefined && data.status !== 'IMPORTED'
  useEffect(() => {
    if (hasEnded) router.refresh()
  }, [hasEnded, router])
}
