import type { Metadata } from 'next'
import { polledHandshakes } from '@/app/api/certificates/[certificateId]/handshakes/polled-handshakes'
import { ChainReportView } from '@/components/certificates/chain-report'
import { Card } from '@/components/ui/card'
import { CodeBlock } from '@/components/ui/code-block'
import { CopyButton } from '@/components/ui/copy-button'
import { DescriptionList } from '@/components/ui/description-list'
import { Mono } from '@/components/ui/mono'
import { Notice } from '@/components/ui/notice'
import { StatusBadge } from '@/components/ui/status-badge'
import { Time } from '@/components/ui/time'
import { listEventsOfApplication } from '@/lib/applications/list-events-of-application'
import { chainName } from '@/lib/certificates/chain-name'
import { isLive, isUsable } from '@/lib/certificates/chain-state'
import { getChain } from '@/lib/certificates/get-chain'
import { listChains } from '@/lib/certificates/list-chains'
import { listHandshakes } from '@/lib/certificates/list-handshakes'
import { toPem } from '@/lib/certificates/to-pem'
import { notFound } from '@/lib/core/errors'
import { env } from '@/lib/env/env'
import { orNotFound } from '@/lib/http/or-not-found'
import { countBoundTokens } from '@/lib/oauth/count-bound-tokens'
import { ApplicationHeader } from '../../application-header'
import { describeEvent } from '../../describe-event'
import { loadApplication } from '../../load-application'
import { boundTokensInWords } from '../bound-tokens-words'
import { ConnectionCard } from './connection-card'
import { RevokeChain } from './revoke-chain'
import { ScheduleCard } from './schedule-card'

export const metadata: Metadata = { title: 'Certificate chain' }

export default async function ChainPage({
  params,
}: {
  params: Promise<{ applicationId: string; certificateId: string }>
}) {
  const { ctx, application, may } = await loadApplication(params)
  const { certificateId } = await params
  const chain = await orNotFound(getChain(ctx, { certificateId }))
  if (chain.applicationId !== application.id)
    await orNotFound(Promise.reject(notFound('a chain of another application')))
  const { environment } = chain
  const [events, chains, handshakes, boundTokens] = await Promise.all([
    may('audit.read') ? listEventsOfApplication(ctx, { applicationId: application.id, subjectId: chain.id }) : [],
    listChains(ctx, { applicationId: application.id, environment }),
    listHandshakes(ctx, { certificateId }),
    countBoundTokens(ctx, { applicationId: application.id, environment }),
  ])
  const bound = boundTokensInWords(boundTokens.get(chain.id))
  const othersLeft = chains.filter(({ id, state }) => id !== chain.id && isUsable(state)).length
  const place = application.environments.find((one) => one.environment === environment)
  const { mtlsRequired = false } = place ?? {}
  const { apiUrl, demo, tlsCertFile, dataDir } = env()
  const psd2 = chain.report.certificates.find(({ role }) => role === 'leaf')?.psd2

  return (
    <>
      <ApplicationHeader
        application={application}
        tab="certificates"
        here="Certificate chain"
        environment={environment}
      />
      <div className="flex flex-col gap-6">
        <div className="flex flex-wrap items-start justify-between gap-4">
          <div className="min-w-0">
            <h2 className="flex flex-wrap items-center gap-x-3 gap-y-1 text-h3">
              <span dir="auto" className="min-w-0 break-words">
                {chainName(chain.subject)}
              </span>
              <StatusBadge status={chain.state} />
            </h2>
            <p className="text-muted">
              Submitted <Time value={chain.submittedAt} now={ctx.now} /> by {chain.submittedBy ?? 'an operator'}
            </p>
          </div>
          {isLive(chain.state) && may('certificates.revoke', environment) ? (
            <RevokeChain chain={chain} othersLeft={othersLeft} mtlsRequired={mtlsRequired} bound={bound} />
          ) : null}
        </div>
        {chain.state === 'pending-review' ? (
          <Notice title="An operator has to look at it">
            Its root is not among the trusted ones of this environment, or a second opinion is missing. Until it is
            approved, its certificate does not count.
          </Notice>
        ) : null}
        <div className="grid gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)] lg:items-start">
          <Card title="Validity">
            <DescriptionList
              items={[
                { term: 'Starts', detail: <Time value={chain.startsAt} now={ctx.now} format="exact" /> },
                ...(chain.endsAt && chain.endsAt < chain.notAfter
                  ? [{ term: 'Ends', detail: <Time value={chain.endsAt} now={ctx.now} format="exact" /> }]
                  : []),
                { term: 'Expires', detail: <Time value={chain.notAfter} now={ctx.now} format="exact" /> },
                ...(chain.revokedAt
                  ? [{ term: 'Revoked', detail: <Time value={chain.revokedAt} now={ctx.now} format="exact" /> }]
                  : []),
                ...(chain.revokedAt || chain.state === 'pending-review' || chain.state === 'refused'
                  ? []
                  : [
                      {
                        term: 'Tokens on it',
                        detail: (
                          <>
                            {bound ?? 'None'}
                            {bound && (chain.state === 'ending' || chain.state === 'superseded') ? (
                              <span className="block text-meta text-muted">
                                They live until they expire, also after its end; a refresh binds them to the certificate
                                that is presented then.
                              </span>
                            ) : null}
                          </>
                        ),
                      },
                    ]),
                {
                  term: 'SHA-256 of the leaf',
                  detail: (
                    <span className="flex flex-wrap items-center gap-2">
                      <Mono>{chain.sha256}</Mono>
                      <CopyButton value={chain.sha256} subject="SHA-256" iconOnly variant="ghost" />
                    </span>
                  ),
                },
              ]}
            />
          </Card>
          {may('certificates.submit', environment) && isLive(chain.state) && chain.state !== 'pending-review' ? (
            <ScheduleCard certificateId={chain.id} state={chain.state} />
          ) : null}
        </div>
        <ConnectionCard
          certificateId={chain.id}
          handshakes={polledHandshakes(handshakes, ctx.now)}
          usable={isUsable(chain.state)}
          apiUrl={apiUrl}
          applicationKey={place?.clientId ?? ''}
          developmentCa={demo && tlsCertFile === null ? `${dataDir}/tls/ca.pem` : null}
        />
        {psd2 ? (
          <Card title="PSD2">
            <DescriptionList
              items={[
                { term: 'Roles', detail: psd2.roles.length > 0 ? psd2.roles.join(', ') : 'None' },
                { term: 'Competent authority', detail: `${psd2.ncaName ?? '–'} (${psd2.ncaId ?? '–'})` },
                { term: 'Organization', detail: <Mono>{psd2.organizationIdentifier ?? '–'}</Mono> },
              ]}
            />
          </Card>
        ) : null}
        <section aria-label="Report at submission" className="flex flex-col gap-4">
          <ChainReportView report={chain.report} at={ctx.now.toISOString()} />
          <details>
            <summary className="w-fit cursor-pointer rounded-sm py-1">Show the chain as PEM</summary>
            <CodeBlock
              label="The chain as PEM"
              code={toPem(chain.certificates.map(({ der }) => der))}
              className="mt-2"
            />
          </details>
        </section>
        {events.length > 0 ? (
          <Card title="History">
            <ol className="flex flex-col divide-y divide-line">
              {events.map((event) => (
                <li key={event.id} className="flex flex-wrap justify-between gap-x-4 py-2 first:pt-0 last:pb-0">
                  <span>
                    {describeEvent(event.action)}
                    <span className="text-muted">
                      {' '}
                      by{' '}
                      {event.byYou
                        ? 'you'
                        : (event.actorName ?? (event.actorKind === 'person' ? 'a colleague' : 'an operator'))}
                    </span>
                  </span>
                  <Time value={event.at} now={ctx.now} className="text-muted" />
                </li>
              ))}
            </ol>
          </Card>
        ) : null}
      </div>
    </>
  )
}
