import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { PolledDisposition } from '@/lib/dispositions/polled-disposition'

class PollError extends Error {
  readonly status: number
  constructor(status: number) {
    super(`polling answered ${status}`)
    this.status = status
  }
}

export type WatchedDisposition = {
  polled: PolledDisposition
  trouble: 'signed-out' | 'unreachable' | null
  /** After the page itself has changed something. */
  askAgain: () => void
}

/** A disposition on the page that started it, as it goes on: from what the server rendered, by polling, until its end. */
export function useDisposition(dispositionId: string, initial: PolledDisposition): WatchedDisposition {
  const queryClient = useQueryClient()
  const { data, error } = useQuery({
    queryKey: ['disposition', dispositionId],
    queryFn: async ({ signal }): Promise<PolledDisposition> => {
      const response = await fetch(`/api/dispositions/${dispositionId}`, { signal, cache: 'no-store' })
      if (!response.ok) throw new PollError(response.status)
      return response.json()
    },
    initialData: initial,
    retry: false,
    refetchInterval: (current) => {
      if (current.state.error instanceof PollError && current.state.error.status < 500) return false
      return current.state.data?.poll_after_ms ?? false
    },
    // On purpose: the deeplink opens the wallet in front of this tab on the same device, and a phone in the hand puts the
    // desk's browser into the background. The outcome must be there when the person looks back.
    refetchIntervalInBackground: true,
  })

  // Another page of this person may have cancelled; whatever the server rendered last is as true as a poll.
  useEffect(() => {
    queryClient.setQueryData<PolledDisposition>(['disposition', dispositionId], (current) =>
      current && current.now > initial.now ? current : initial,
    )
  }, [queryClient, dispositionId, initial])

  const isSignedOut = error instanceof PollError && error.status === 401
  return {
    polled: data,
    trouble: error === null ? null : isSignedOut ? 'signed-out' : 'unreachable',
    askAgain: () => void queryClient.invalidateQueries({ queryKey: ['disposition', dispositionId] }),
  }
}
