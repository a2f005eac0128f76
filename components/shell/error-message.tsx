'use client'

import { DatabaseZap, TriangleAlert } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from '@/components/ui/button'
import { LinkButton } from '@/components/ui/link-button'
import { VisuallyHidden } from '@/components/ui/visually-hidden'
import { MessagePage } from './message-page'

export type ErrorWords = {
  title: string
  body: string
  awayTitle: string
  awayBody: string
  again: string
  start: string
  requestId: string
  errorId: string
}

export type ErrorMessageProps = {
  error: unknown
  /** Renders the failed part again. */
  retry: () => void
  words: ErrorWords
}

const PROBE_MS = 3000

/**
 * What a person sees when rendering failed. The browser gets no message from the server, so whether the database is
 * away is asked of /readyz; while it is, the page waits and comes back by itself.
 */
export function ErrorMessage({ error, retry, words }: ErrorMessageProps) {
  const [databaseAway, setDatabaseAway] = useState(false)
  const [requestId, setRequestId] = useState<string>()

  useEffect(() => {
    setRequestId(document.documentElement.dataset.requestId)
  }, [])

  useEffect(() => {
    let stopped = false
    let away = false
    let timer: ReturnType<typeof setTimeout>

    async function probe() {
      const ready = await fetch('/readyz', { cache: 'no-store' })
        .then((response) => response.status !== 503)
        .catch(() => away === false)
      if (stopped) return
      if (ready && away) {
        retry()
        return
      }
      away = !ready
      setDatabaseAway(away)
      if (away) timer = setTimeout(probe, PROBE_MS)
    }

    probe()
    return () => {
      stopped = true
      clearTimeout(timer)
    }
  }, [retry])

  return (
    <>
      <VisuallyHidden role="status">{databaseAway ? words.awayTitle : ''}</VisuallyHidden>
      <MessagePage
        icon={databaseAway ? <DatabaseZap aria-hidden /> : <TriangleAlert aria-hidden />}
        title={databaseAway ? words.awayTitle : words.title}
        requestId={requestId}
        requestIdLabel={words.requestId}
        errorIdLabel={words.errorId}
        errorId={digestOf(error)}
        action={
          <>
            <Button onClick={retry}>{words.again}</Button>
            <LinkButton href="/" variant="secondary">
              {words.start}
            </LinkButton>
          </>
        }
      >
        <p>{databaseAway ? words.awayBody : words.body}</p>
      </MessagePage>
    </>
  )
}

function digestOf(error: unknown): string | undefined {
  if (error && typeof error === 'object' && 'digest' in error && typeof error.digest === 'string') return error.digest
}
