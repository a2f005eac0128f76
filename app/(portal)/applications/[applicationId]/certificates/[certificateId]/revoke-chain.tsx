import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import { chainName } from '@/lib/certificates/chain-name'
import type { ChainSummary } from '@/lib/certificates/chain-schema'
import { isUsable } from '@/lib/certificates/chain-state'
import { ConfirmAction } from '../../../../confirm-action'
import { revokeChainAction } from '../actions'

export type RevokeChainProps = {
  chain: ChainSummary
  /** Other chains that are usable now. */
  othersLeft: number
  mtlsRequired: boolean
  /** What lives on it, in words; null: nothing. */
  bound: string | null
}

export function RevokeChain({ chain, othersLeft, mtlsRequired, bound }: RevokeChainProps) {
  const name = chainName(chain.subject)
  return (
    <ConfirmAction
      action={revokeChainAction}
      fields={{ certificateId: chain.id }}
      trigger="Revoke chain"
      title={
        <>
          Revoke the chain of <span dir="auto">{name}</span>?
        </>
      }
      confirmLabel="Revoke chain"
      cancelLabel="Keep it"
      controls={
        <Field name="reason" label="Reason">
          <Select defaultValue="unspecified">
            <option value="unspecified">Not said</option>
            <option value="key-compromised">The key may be known to others</option>
            <option value="replaced">Replaced by another</option>
            <option value="no-longer-used">No longer used</option>
          </Select>
        </Field>
      }
    >
      <p>Calls with this certificate are refused from the next one on. It can never be submitted here again.</p>
      {bound ? (
        <p>
          Dead at once: <strong>{bound}</strong>.
        </p>
      ) : null}
      {isUsable(chain.state) ? (
        <p>
          <strong>
            {othersLeft === 0
              ? 'No other certificate is active.'
              : `${othersLeft} other ${othersLeft === 1 ? 'certificate stays' : 'certificates stay'} active.`}
          </strong>{' '}
          {othersLeft === 0 && mtlsRequired
            ? 'Calls need a certificate, so the application cannot call where mutual TLS is offered until you submit another chain.'
            : null}
        </p>
      ) : null}
    </ConfirmAction>
  )
}
