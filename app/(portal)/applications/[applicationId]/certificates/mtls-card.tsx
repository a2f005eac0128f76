import { Card } from '@/components/ui/card'
import { Time } from '@/components/ui/time'
import type { ApplicationEnvironment } from '@/lib/applications/schema'
import type { ChainSummary } from '@/lib/certificates/chain-schema'
import { isLive, isUsable } from '@/lib/certificates/chain-state'
import { ConfirmAction } from '../../../confirm-action'
import { changeMtlsAction } from './actions'

export type MtlsCardProps = {
  applicationId: string
  place: ApplicationEnvironment
  chains: ChainSummary[]
  maySubmit: boolean
  now: Date
}

/** Whether calls without a certificate are still answered, and who changes that. */
export function MtlsCard({ applicationId, place, chains, maySubmit, now }: MtlsCardProps) {
  const closing = chains.find((chain) => isLive(chain.state) && chain.closesOneWayAt && !chain.closedOneWayAt)
  const usable = chains.some(({ state }) => isUsable(state))
  const fields = { applicationId, environment: place.environment }
  if (place.mtlsRequired) {
    return (
      <Card title="Calls need a certificate">
        <p className="max-w-prose">
          Where mutual TLS is offered it is the only way for this application. That stays so when a certificate expires
          or is revoked: only a person can open the other way again.
        </p>
        {maySubmit ? (
          <div className="mt-4">
            <ConfirmAction
              action={changeMtlsAction}
              fields={{ ...fields, required: 'off' }}
              trigger="Allow calls without a certificate"
              title="Allow calls without a certificate?"
              confirmLabel="Allow them"
              cancelLabel="Keep it closed"
            >
              <p>
                Whoever has a secret of this application can then call from anywhere, without its certificate. Tokens
                and certificates stay as they are.
              </p>
            </ConfirmAction>
          </div>
        ) : null}
      </Card>
    )
  }
  return (
    <Card title="Calls without a certificate are allowed">
      <p className="max-w-prose">
        {closing?.closesOneWayAt ? (
          <>
            From <Time value={closing.closesOneWayAt} now={now} format="exact" /> on mutual TLS is the only way for this
            application.
          </>
        ) : usable ? (
          'Calls with and without a certificate are answered. Close the way without one as soon as nothing uses it.'
        ) : (
          'The first certificate that becomes active closes this way, at the moment that you choose when you submit it.'
        )}
      </p>
      {maySubmit && usable ? (
        <div className="mt-4">
          <ConfirmAction
            action={changeMtlsAction}
            fields={{ ...fields, required: 'on' }}
            trigger="Require a certificate"
            title="Require a certificate for every call?"
            confirmLabel="Require it"
            cancelLabel="Not yet"
            confirmVariant="primary"
          >
            <p>Programs of this application that call without a certificate are refused from then on.</p>
          </ConfirmAction>
        </div>
      ) : null}
    </Card>
  )
}
