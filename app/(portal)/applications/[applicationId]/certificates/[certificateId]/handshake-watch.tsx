'use client'

import { useQuery } from '@tanstack/react-query'
import type {
  PolledHandshake,
  PolledHandshakes,
  PolledRefusal,
} from '@/app/api/certificates/[certificateId]/handshakes/polled-handshakes'
import { DescriptionList } from '@/components/ui/description-list'
import { Mono } from '@/components/ui/mono'
import { Notice } from '@/components/ui/notice'
import { Time } from '@/components/ui/time'

export type HandshakeWatchProps = {
  certificateId: string
  /** As the server rendered it; polling goes on from there. */
  initial: PolledHandshakes
  usable: boolean
}

const POLL_MS = 2000
// Whoever tries a connection does so soon after opening the page; a page that is left open asks less.
const PATIENT_AFTER = 150
const PATIENT_POLL_MS = 20_000

class PollError extends Error {
  readonly status: number
  constructor(status: number) {
    super(`polling answered ${status}`)
    this.status = status
  }
}

/** What is seen of a certificate, live. A tab in the background does not ask; it asks again when it is looked at. */
export function HandshakeWatch({ certificateId, initial, usable }: HandshakeWatchProps) {
  const { data, error } = useHandshakes(certificateId, initial, usable)
  const now = new Date(data.now)
  const allHave = data.replicas_up_to_date === data.replicas
  return (
    <div className="flex flex-col gap-6">
      {usable ? <LiveLine data={data} since={initial.now} /> : null}
      {error ? (
        <Notice meaning="warning" role="status">
          {error instanceof PollError && error.status === 401
            ? 'You are signed out, so this page no longer follows. Sign in and open it again.'
            : 'The server could not be asked just now. This page tries again by itself.'}
        </Notice>
      ) : null}
      <DescriptionList
        items={[
          {
            term: 'Last handshake',
            detail: data.last ? (
              <>
                <Time value={data.last.at} now={now} />, {describeFrom(data.last)}
              </>
            ) : (
              'None yet'
            ),
          },
          ...(usable && data.replicas > 0
            ? [
                {
                  term: 'Active on',
                  detail: allHave
                    ? `All ${data.replicas === 1 ? 'replicas (1)' : `${data.replicas} replicas`}`
                    : `${data.replicas_up_to_date} of ${data.replicas} replicas so far`,
                },
              ]
            : []),
        ]}
      />
      <Refused refused={data.refused} now={now} />
    </div>
  )
}

function useHandshakes(certificateId: string, initial: PolledHandshakes, usable: boolean) {
  return useQuery({
    queryKey: ['handshakes', certificateId],
    queryFn: async ({ signal }): Promise<PolledHandshakes> => {
      const response = await fetch(`/api/certificates/${certificateId}/handshakes`, { signal, cache: 'no-store' })
      if (!response.ok) throw new PollError(response.status)
      return response.json()
    },
    initialData: initial,
    retry: false,
    refetchInterval: ({ state }) => {
      if (!usable || (state.error instanceof PollError && state.error.status < 500)) return false
      return state.dataUpdateCount < PATIENT_AFTER ? POLL_MS : PATIENT_POLL_MS
    },
  })
}

/** What has happened since the page was opened: the right certificate, a wrong one, or nothing yet. */
function LiveLine({ data, since }: { data: PolledHandshakes; since: string }) {
  const [refused] = data.refused
  const seen = data.last && data.last.at > since ? data.last : null
  const wrong = refused && refused.at > since && refused.at > (seen?.at ?? '') ? refused : null
  if (wrong) {
    return (
      <Notice meaning="warning" role="status" title="A connection was refused">
        <Words>{wrong.cause}</Words>
      </Notice>
    )
  }
  if (seen) {
    return (
      <Notice meaning="success" role="status" title="The right certificate was seen">
        At <Time value={seen.at} format="exact" />, {describeFrom(seen)}.
      </Notice>
    )
  }
  return (
    <Notice role="status" title="Waiting for a connection">
      Nothing was seen since you opened this page.
    </Notice>
  )
}

function Refused({ refused, now }: { refused: PolledRefusal[]; now: Date }) {
  return (
    <section aria-labelledby="refused-attempts" className="flex flex-col gap-2">
      <h3 id="refused-attempts" className="font-semibold">
        Refused
      </h3>
      {refused.length === 0 ? <p className="text-muted">Nothing in the last 30 days.</p> : null}
      <ul className="flex flex-col divide-y divide-line">
        {refused.map((one) => (
          <li
            key={`${one.code} ${one.laid_by} ${one.sha256}`}
            className="flex flex-col gap-1 py-3 first:pt-0 last:pb-0"
          >
            <Words>{one.cause}</Words>
            <p className="text-meta text-muted">
              <Time value={one.at} now={now} />, {describeFrom(one)}
              {one.times > 1 ? `, ${one.times} times` : ''} · <Mono>{one.code}</Mono>
              {one.sha256 ? (
                <>
                  {' '}
                  · <Mono title="SHA-256 of the presented certificate">{one.sha256.slice(0, 8)}…</Mono>
                </>
              ) : null}
            </p>
            {one.laid_by === 'application-key' ? (
              <p className="text-meta text-muted">
                It named your Application Key and proved nothing: this may be somebody else.
              </p>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Words that hold names of strangers: their direction is their own, and a long one breaks. */
function Words({ children }: { children: string }) {
  return (
    <p className="max-w-prose [overflow-wrap:anywhere]">
      <bdi>{children}</bdi>
    </p>
  )
}

function describeFrom({ address, protocol }: PolledHandshake): string {
  const how = protocol ? `over ${protocol.replace('TLSv', 'TLS ')} on the 2-way listener` : 'through the TLS proxy'
  return `${address ? `from ${address} ` : ''}${how}`
}
