'use client'

import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { LinkButton } from '@/components/ui/link-button'
import { Notice } from '@/components/ui/notice'
import { SecretPanel } from '@/components/ui/secret-panel'
import { Skeleton } from '@/components/ui/skeleton'
import type { DispositionPanelProps } from './disposition-panel'

/** Granted: fetches the Connection Code, which the server gives once, and keeps it in this page's memory alone. */
export function CodeStep({ dispositionId, connectionId, connectHref, client }: DispositionPanelProps) {
  const [isStored, setStored] = useState(false)
  const asked = useRef(false)
  const { mutate, data, isError, isPending, isIdle } = useMutation({
    mutationFn: async (): Promise<{ connection_code: string | null }> => {
      const response = await fetch(`/api/dispositions/${dispositionId}/connection-code`, { method: 'POST' })
      if (!response.ok) throw new Error(`the code was not given: ${response.status}`)
      return response.json()
    },
    retry: false,
  })

  useEffect(() => {
    if (asked.current) return
    asked.current = true
    mutate()
  }, [mutate])

  const code = data?.connection_code
  return (
    <>
      <Notice meaning="success" title="Connected">
        The application can use your account until the connection is revoked.
      </Notice>
      {isPending || isIdle ? <Skeleton className="h-64" /> : null}
      {isError ? (
        <Notice
          meaning="warning"
          role="alert"
          title="The code did not arrive"
          action={<Button onClick={() => mutate()}>Show the code</Button>}
        >
          The connection is granted. Try again to see its code.
        </Notice>
      ) : null}
      {code && !isStored ? (
        <SecretPanel
          label="Connection code"
          value={code}
          env={{
            COUNTERSIGN_CLIENT_ID: client.applicationKey,
            COUNTERSIGN_CLIENT_SECRET: '',
            COUNTERSIGN_CONNECTION_CODE: code,
          }}
          curl={curlLine(client, code)}
          onDone={() => setStored(true)}
          labels={{
            once: 'This is the only time we show it. Your application exchanges it for tokens, again and again, until the connection is revoked. Lost it? Revoke the connection and connect again.',
            copy: 'Copy',
            copied: 'Copied',
            download: 'Download .env',
            curl: 'Get a token with it: set COUNTERSIGN_CLIENT_SECRET to your application secret first',
            stored: 'I have stored it',
          }}
        />
      ) : null}
      {data && (code === null || isStored) ? (
        <Notice
          meaning="info"
          title={isStored ? 'Stored' : 'The code has been shown before'}
          action={
            <>
              <LinkButton href={`/connections/${connectionId}`} variant="secondary">
                See the connection
              </LinkButton>
              <LinkButton href={connectHref} variant="secondary">
                Connect an account
              </LinkButton>
            </>
          }
        >
          {isStored
            ? 'The code is not shown again. You can look at the connection and revoke it in the secure area.'
            : 'It is shown once, in one window, within ten minutes of the grant. If nobody stored it, revoke the connection and connect again.'}
        </Notice>
      ) : null}
    </>
  )
}

function curlLine({ applicationKey, tokenUrl }: DispositionPanelProps['client'], code: string): string {
  const body = `{"grant_type":"authorization_code","code":"${code}","client_id":"${applicationKey}","client_secret":"'"$COUNTERSIGN_CLIENT_SECRET"'","scope":"app"}`
  return `curl ${tokenUrl} -d '${body}'`
}
